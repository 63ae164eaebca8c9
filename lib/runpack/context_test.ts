import assert from "node:assert/strict";
import type { JsonObject } from "../formats/json/mod.ts";
import { encodeEnvelope } from "../schema/context.ts";
import { decode } from "../schema/fields.ts";
import { encodeReceipt, type Refs, refsSchema } from "../schema/runpack.ts";
import { digestOf } from "../signing/mod.ts";
import { envelopeOfRefs, withPrivacy } from "./context.ts";

const RECEIPT = {
  ref_id: "b",
  source_type: "kb",
  source_locator: "kb://tides",
  query_digest: "AB".repeat(32),
  content_digest: "cd".repeat(32),
  retrieved_at: "2026-03-01T10:00:00+01:00",
  redaction_mode: "hashes",
  sensitivity_label: "internal",
  retrieval_params: { k: 3 },
};

function refs(members: JsonObject = {}): Refs {
  const receipts = [RECEIPT, { ...RECEIPT, ref_id: "a" }];
  const given = {
    run_id: "run_1",
    created_at: "2026-03-01T09:00:00Z",
    producer_version: "1",
    receipts,
    ...members,
  };
  return decode(refsSchema, given, "refs");
}

Deno.test("envelopeOfRefs() normalises receipts, sorts them and computes their digest", async () => {
  const envelope = await envelopeOfRefs(refs());
  assert.equal(envelope.context_set_id, "run_1");
  assert.equal(envelope.evidence_mode, "best_effort");
  assert.deepEqual(envelope.records.map(({ ref_id }) => ref_id), ["a", "b"]);
  assert.equal(envelope.records[0]!.query_digest, "ab".repeat(32));
  assert.equal(envelope.records[0]!.retrieved_at, "2026-03-01T09:00:00Z");
  assert.equal(envelope.records[0]!.immutability, "unknown");
  assert.equal(envelope.context_set_digest, await digestOf(envelope.records.map(encodeReceipt)));
  const again = await envelopeOfRefs(refs({ context_set_digest: envelope.context_set_digest.toUpperCase() }));
  assert.deepEqual(encodeEnvelope(again), encodeEnvelope(envelope));
  assert.equal((await envelopeOfRefs(refs({ receipts: [] }))).context_set_digest, await digestOf([]));
});

Deno.test("envelopeOfRefs() refuses anything that is not a valid set", async () => {
  for (
    const members of [
      { context_set_digest: "ab".repeat(32) },
      { context_set_digest: "short" },
      { context_evidence_mode: "sometimes" },
      { run_id: " " },
      { receipts: [{ ...RECEIPT, ref_id: " " }] },
      { receipts: [{ ...RECEIPT, content_digest: "" }] },
      { receipts: [{ ...RECEIPT, freshness_sla_seconds: -1 }] },
    ] as JsonObject[]
  ) {
    await assert.rejects(envelopeOfRefs(refs(members)), { code: "invalid_input" }, JSON.stringify(members));
  }
});

Deno.test("withPrivacy() keeps only what the mode allows, and says so in the digest", async () => {
  const envelope = await envelopeOfRefs(refs());
  const metadata = await withPrivacy(envelope, " ");
  const text = JSON.stringify(encodeEnvelope(metadata));
  assert.ok(!/tides|internal|"k"|abab|cdcd/.test(text));
  assert.equal(metadata.records[0]!.source_locator, "redacted:metadata");
  const hashes = await withPrivacy(envelope, "Hashes");
  assert.equal(hashes.records[0]!.content_digest, "cd".repeat(32));
  assert.equal(hashes.records[0]!.source_locator, "redacted:hashes");
  assert.equal(new Set([envelope, metadata, hashes].map((one) => one.context_set_digest)).size, 3);
  assert.equal(await withPrivacy(envelope, "raw"), envelope);
  await assert.rejects(withPrivacy(envelope, "none"), { code: "invalid_input" });
});
