import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";
import { root } from "./root.ts";
import { groupsOf, inOrder, moduleOf, testModules } from "./test_groups.ts";

Deno.test("groupsOf() has the files of a folder share a module, and leaves some alone", () => {
  const groups = groupsOf([
    "lib/a/x_test.ts",
    "lib/a/b/y_test.ts",
    "lib/c/z_test.ts",
    "scripts/lint/s_test.ts",
    "tests/a/t_test.ts",
    "tests/resources/r_test.ts",
  ]);
  assert.deepEqual([...groups], [
    ["lib/a", ["lib/a/x_test.ts", "lib/a/b/y_test.ts"]],
    ["lib/c", ["lib/c/z_test.ts"]],
    ["scripts/lint/s", ["scripts/lint/s_test.ts"]],
    ["tests/a", ["tests/a/t_test.ts"]],
    ["tests/resources/r", ["tests/resources/r_test.ts"]],
  ]);
});

Deno.test("inOrder() begins with what is known to take long, and refuses what it does not find", () => {
  const groups = new Map([["a", ["1"]], ["b", ["1", "2"]], ["c", ["1"]], ["d", ["1"]]]);
  const names = (longest: string[]) => inOrder(groups, longest).map(([name]) => name);
  assert.deepEqual(names(["d", "c"]), ["d", "c", "b", "a"]);
  assert.throws(() => names(["d", "e"]), /No tests are in "e"/);
});

Deno.test("moduleOf() imports each file by its path from the module", () => {
  assert.equal(moduleOf(["lib/a/x_test.ts"]), 'import "../../lib/a/x_test.ts";\n');
});

Deno.test("modules run in the order in which they are given", async () => {
  const modules = (await testModules()).filter((path) => /_(?:in_turn|test_counts|chunks)\.ts$/.test(path));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--no-check", "--allow-read", ...modules.toReversed()],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const ran = [...new TextDecoder().decode(stdout).matchAll(/^running \d+ tests? from \.\/(.*)$/gm)];
  assert.deepEqual(ran.map(([, path]) => path), modules.toReversed());
  assert.equal(modules.length, 3);
});

Deno.test("testModules() has every file of tests once", async () => {
  const modules = await testModules();
  const reached = (await Promise.all(modules.map(async (path) => {
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
