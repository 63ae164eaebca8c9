import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { repository } from "../tests/support/places.ts";
import { CODE_CACHE } from "./code_cache.ts";
import { urlOf } from "./root.ts";

/** Rows that the next process would have to add, each for a file of dist/. */
function kept(): Map<string, string> {
  const database = new DatabaseSync(CODE_CACHE, { readOnly: true });
  try {
    const rows = database.prepare("SELECT specifier, hex(source_hash) AS hash FROM codecache").all();
    return new Map(rows.map(({ specifier, hash }) => [String(specifier), String(hash)]));
  } finally {
    database.close();
  }
}

Deno.test("the bundler compiles every file of the bundle, so that commands only read compiled code", async () => {
  const gait = async (...args: string[]) =>
    assert.equal(
      (await new Deno.Command(`${repository}bin/gait`, { args, stdout: "null" }).output()).code,
      0,
    );
  await gait("version");
  const before = kept();
  const files = Array.from(Deno.readDirSync(`${repository}dist`), ({ name }) => name)
    .filter((name) => name.endsWith(".js"));
  assert.deepEqual(files.filter((name) => !before.has(urlOf(`dist/${name}`))), []);
  await gait("help");
  await gait("keys", "--help");
  await gait("completion", "bash");
  assert.deepEqual(kept(), before);
});
