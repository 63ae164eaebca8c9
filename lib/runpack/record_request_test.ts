import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { FAKE_NOW } from "../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { readRecordInput } from "./record_input.ts";
import { type RecordOptions, recordRequest } from "./record_request.ts";
import { readRunpack } from "./read.ts";

const RECEIPT = {
  ref_id: "r",
  source_type: "doc",
  source_locator: "l",
  query_digest: "ab".repeat(32),
  content_digest: "cd".repeat(32),
  retrieved_at: "2026-01-01T00:00:00Z",
  redaction_mode: "reference",
  immutability: "immutable",
};
const files = memoryFiles({
  "good.json": JSON.stringify({ context_set_id: "c", records: [RECEIPT] }),
  "bad.json": "{}",
  "raw.json": JSON.stringify({ context_set_id: "c", records: [{ ...RECEIPT, redaction_mode: " RAW " }] }),
});
const effects = { files, now: () => FAKE_NOW, os: "o", arch: "a" };

async function record(options: RecordOptions, input: JsonObject = {}) {
  const given = readRecordInput(utf8(JSON.stringify({ run: { run_id: "r1" }, ...input })));
  const { packed, warnings } = await recordRequest(given, {}, options, effects, "1.2.3");
  const { manifest, refs } = await readRunpack(packed.bytes);
  return {
    runId: packed.runId,
    label: manifest.capture_mode,
    mode: refs.context_evidence_mode,
    receipts: refs.receipts.length,
    warnings: warnings.length,
  };
}

Deno.test("recordRequest() lets options beat the input, and fills in what neither says", async () => {
  const plain = { runId: "r1", label: "reference", mode: "best_effort", receipts: 0, warnings: 0 };
  assert.deepEqual(await record({}), plain);
  assert.deepEqual(await record({}, { capture_mode: " raw " }), { ...plain, label: "raw" });
  assert.deepEqual(await record({ captureMode: "reference" }, { capture_mode: "raw" }), plain);
  assert.deepEqual(await record({ runId: " r2 " }), { ...plain, runId: "r2" });
  assert.deepEqual(await record({ runId: "a.b" }), { ...plain, runId: "a.b", warnings: 1 });
  const asked = { refs: { context_evidence_mode: "required" } };
  assert.deepEqual(await record({ contextEvidenceMode: "best_effort" }, asked), plain);
});

Deno.test("recordRequest() takes context that reads, and passes over other context only where none is required", async () => {
  const required: RecordOptions = { contextEvidenceMode: "required" };
  assert.equal((await record({ ...required, contextEnvelope: "good.json" })).receipts, 1);
  for (const contextEnvelope of ["bad.json", "nowhere.json"]) {
    const { receipts, warnings } = await record({ contextEnvelope });
    assert.deepEqual([receipts, warnings], [0, 1], contextEnvelope);
    await assert.rejects(
      record({ ...required, contextEnvelope }),
      { code: "invalid_input" },
      contextEnvelope,
    );
  }
  await assert.rejects(record({ contextEnvelope: "../good.json" }), { code: "invalid_input" });
});

Deno.test("recordRequest() refuses required context that is not there, raw context, and unknown words", async () => {
  await assert.rejects(record({ contextEvidenceMode: "required" }), { code: "invalid_input" });
  await assert.rejects(record({}, { refs: { context_evidence_mode: " Required " } }), {
    code: "invalid_input",
  });
  await assert.rejects(record({ contextEnvelope: "raw.json" }), { code: "invalid_input" });
  assert.equal((await record({ contextEnvelope: "raw.json", allowRawContext: true })).receipts, 1);
  await assert.rejects(record({}, { capture_mode: "RAW" }), { code: "invalid_input" });
  await assert.rejects(record({}, { refs: { context_evidence_mode: "never" } }), { code: "invalid_input" });
  await assert.rejects(record({ runId: " " }), { code: "invalid_input" });
});
