/** The examples beside the functions run, as `deno test --doc` runs them, and each export of the library's core has one. */
import assert from "node:assert/strict";
import { repository } from "../support/places.ts";
import { urlOf } from "../../scripts/root.ts";

/** What somebody begins with. */
const CORE = [
  "openGate",
  "guardTool",
  "recordRun",
  "verifyRunpack",
  "verifyPack",
  "openSession",
  "mintSayToken",
  "verifySayToken",
];

Deno.test("the examples in the documentation type-check and run, each in a folder for temporary files", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-examples-" });
  try {
    const { imports, compilerOptions } = JSON.parse(await Deno.readTextFile(`${repository}deno.json`));
    // To an example everything is imported that its module exports, used or not.
    const lenient = { ...compilerOptions, noUnusedLocals: false };
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({ compilerOptions: lenient, imports: { ...imports, "@gait/gait": urlOf("mod.ts") } }),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--doc", "--no-lock", "-A", "--config", `${folder}/deno.json`, ...await modules()],
      cwd: repository,
      env: { NO_COLOR: "1", TMPDIR: folder },
    }).output();
    const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(success, `${text}\n${errors}`);
    assert.doesNotMatch(text!, /[1-9][0-9]* ignored/);
    const passed = text!.match(/^\S+\.ts[#$]\d+-\d+\.ts \.\.\. ok/gm) ?? [];
    assert.ok(passed.length >= 8, text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what somebody begins with is shown by an example that runs", async () => {
  const shown = new Set<string>();
  for (const path of await modules()) {
    const text = await Deno.readTextFile(repository + path);
    assert.doesNotMatch(text, /^ \* ```\w+ ignore/m, path);
    for (const [, names] of text.matchAll(/^ \* import \{([^}]*)\} from "@gait\/gait";$/gm)) {
      for (const name of names!.split(",")) shown.add(name.trim());
    }
  }
  assert.deepEqual(CORE.filter((name) => !shown.has(name)), []);
});

async function modules(): Promise<string[]> {
  const found = ["mod.ts"];
  for (const folder of ["lib/library", "lib/library/guard"]) {
    for await (const { name, isFile } of Deno.readDir(repository + folder)) {
      if (isFile && /(?<!_test)\.ts$/.test(name)) found.push(`${folder}/${name}`);
    }
  }
  return found;
}
