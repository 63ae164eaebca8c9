import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";
import { root } from "./root.ts";
import { groupsOf, moduleOf, testModules } from "./test_groups.ts";

Deno.test("groupsOf() has the files of a folder share a module, and leaves some alone", () => {
  const { alone, groups } = groupsOf([
    "lib/a/x_test.ts",
    "lib/a/b/y_test.ts",
    "lib/c/z_test.ts",
    "scripts/lint/s_test.ts",
    "tests/a/t_test.ts",
    "tests/resources/r_test.ts",
  ]);
  assert.deepEqual(alone, ["scripts/lint/s_test.ts", "tests/resources/r_test.ts"]);
  assert.deepEqual([...groups], [
    ["lib/a", ["lib/a/x_test.ts", "lib/a/b/y_test.ts"]],
    ["lib/c", ["lib/c/z_test.ts"]],
    ["tests/a", ["tests/a/t_test.ts"]],
  ]);
});

Deno.test("moduleOf() imports each file by its path from the module", () => {
  assert.equal(moduleOf("lib/a", ["lib/a/x_test.ts"]), 'import "../../../lib/a/x_test.ts";\n');
});

Deno.test("testModules() has every file of tests once", async () => {
  const modules = await testModules();
  const reached = (await Promise.all(modules.map(async (path) => {
    if (!path.startsWith(".cache/")) return [path];
    const text = await Deno.readTextFile(root + path);
    return [...text.matchAll(/"(.*)"/g)].map(([, to]) =>
      resolve(root, dirname(path), to!).slice(root.length)
    );
  }))).flat();
  assert.deepEqual(reached.toSorted(), [...new Set(reached)].toSorted());
  const known = ["lib", "scripts", "tests"].flatMap((folder) => below(folder))
    .filter((path) =>
      path.endsWith("_test.ts") && !/^scripts\/import_samples\/node\/|^tests\/integrations\/node\//.test(path)
    );
  assert.ok(known.length > 500);
  assert.deepEqual(known.filter((path) => !reached.includes(path)), []);
});

function below(folder: string): string[] {
  return [...Deno.readDirSync(root + folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? below(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}
