import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { repository } from "../tests/support/places.ts";
import { codeCacheOf } from "./code_cache.ts";
import { urlOf } from "./root.ts";
import type { Lifetime } from "./runtime_flags.ts";

/** Rows that the next process would have to add, each for a file of dist/. */
function kept(lifetime: Lifetime): Map<string, string> {
  const database = new DatabaseSync(codeCacheOf(lifetime), { readOnly: true });
  try {
    const rows = database.prepare("SELECT specifier, hex(source_hash) AS hash FROM codecache").all();
    return new Map(rows.map(({ specifier, hash }) => [String(specifier), String(hash)]));
  } finally {
    database.close();
  }
}

const gait = async (...args: string[]) =>
  assert.equal(
    (await new Deno.Command(`${repository}bin/gait`, { args, stdout: "null" }).output()).code,
    0,
  );

const COMMANDS: Readonly<Record<Lifetime, readonly (readonly string[])[]>> = {
  ends: [["help"], ["keys", "--help"], ["completion", "bash"]],
  stays: [["ui", "--help"], ["mcp", "serve", "--help"]],
};

for (const lifetime of ["ends", "stays"] as const) {
  Deno.test(`the bundler compiles every file of the bundle, so that a command that ${lifetime} only reads compiled code`, async () => {
    await gait("version");
    const before = kept(lifetime);
    const files = Array.from(Deno.readDirSync(`${repository}dist`), ({ name }) => name)
      .filter((name) => name.endsWith(".js"));
    assert.deepEqual(files.filter((name) => !before.has(urlOf(`dist/${name}`))), []);
    for (const command of COMMANDS[lifetime]) await gait(...command);
    assert.deepEqual(kept(lifetime), before);
  });
}
