import assert from "node:assert/strict";
import { makeFiles } from "./files.ts";

Deno.test("appendLine() does not glue its line to one that a crash tore", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/log.jsonl`;
    await makeFiles().appendLine(path, "one");
    await Deno.writeTextFile(path, "one\ntor");
    await makeFiles().appendLine(path, "two");
    assert.equal(await Deno.readTextFile(path), "one\ntor\ntwo\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
