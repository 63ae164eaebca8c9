import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { EVIDENCE_KINDS } from "./kinds.ts";
import { findEvidence } from "./walk.ts";

Deno.test("findEvidence() looks only at files whose names are those of evidence", async () => {
  const files = memoryFiles({
    "out/trace_1.json": "{}",
    "out/notes.json": "{}",
    "out/deep/evidence_pack_1.zip": "",
    "out/deep/other.zip": "",
    "out/.git/trace_2.json": "{}",
  });
  const looked: string[] = [];
  const { files: found } = await findEvidence("out", new Set(EVIDENCE_KINDS), {
    ...files,
    stat: (path) => {
      looked.push(path);
      return files.stat(path);
    },
  });
  const expected = ["out/deep/evidence_pack_1.zip", "out/trace_1.json"];
  assert.deepEqual(found.map(({ path }) => path), expected);
  assert.deepEqual(looked.sort(), expected);
});
