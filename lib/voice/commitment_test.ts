import assert from "node:assert/strict";
import { decode } from "../schema/fields.ts";
import { encodeCommitment, strictCommitmentSchema } from "../schema/voice/commitment_intent.ts";
import { COMMITMENT } from "../../tests/support/sample_calls.ts";
import { utf8 } from "../formats/bytes.ts";
import { normalizeCommitment, readCommitment } from "./commitment.ts";

const INVALID = { code: "invalid_input" };

function normal(change: object) {
  const given = decode(strictCommitmentSchema, { ...COMMITMENT, ...change }, "commitment");
  return normalizeCommitment(given, "commitment");
}

Deno.test("normalizeCommitment() gives equivalent spellings the same form", () => {
  const messy = normal({
    schema_id: " ",
    commitment_class: " ReFund ",
    currency: " eur",
    created_at: "2026-03-02T10:00:02+01:00",
    approval_artifact_refs: ["b", " a", "b", ""],
    evidence_reference_digests: ["F".repeat(64), "f".repeat(64)],
    context: { identity: " agent.desk ", workspace: "/srv/desk", risk_class: " HIGH" },
  });
  const { created_at, ...rest } = encodeCommitment(messy.commitment);
  assert.equal(created_at, "2026-03-02T09:00:02Z");
  const { created_at: _, ...plain } = encodeCommitment(normal({}).commitment);
  assert.deepEqual(rest, {
    ...plain,
    approval_artifact_refs: ["a", "b"],
    evidence_reference_digests: ["f".repeat(64)],
  });
});

Deno.test("normalizeCommitment() reports the references that it dropped", () => {
  const { commitment, notes } = normal({ evidence_reference_digests: ["zz", "1".repeat(64)] });
  assert.deepEqual(commitment.evidence_reference_digests, ["1".repeat(64)]);
  assert.equal(notes.length, 1);
  assert.ok(notes[0]!.includes('"zz"'));
});

Deno.test("normalizeCommitment() allows a minimum without a maximum, and no minimum above it", () => {
  assert.equal(normal({ quote_min_cents: 5 }).commitment.quote_min_cents, 5);
  assert.equal(normal({ quote_min_cents: 5, quote_max_cents: 5 }).commitment.quote_max_cents, 5);
  assert.throws(() => normal({ quote_min_cents: 6, quote_max_cents: 5 }), INVALID);
});

Deno.test("normalizeCommitment() refuses commitments without binding", () => {
  const { context } = COMMITMENT;
  for (
    const change of [
      { schema_id: "gait.voice.say_token" },
      { schema_version: "2.0.0" },
      { created_at: null },
      { call_id: " " },
      { turn_index: -1 },
      { call_seq: 0 },
      { commitment_class: "loan" },
      { commitment_class: "" },
      { utterance_digest: "abc" },
      { context: { ...context, identity: "" } },
      { context: { ...context, workspace: " " } },
      { context: { ...context, risk_class: null } },
      { context: null },
      { quote_min_cents: -1 },
      { refund_ceiling_cents: -1 },
    ]
  ) assert.throws(() => normal(change), INVALID, JSON.stringify(change));
});

Deno.test("readCommitment() names what counts for nothing, and how a wrong member is written", () => {
  const read = (change: object) =>
    readCommitment(utf8(JSON.stringify({ ...COMMITMENT, ...change })), "commitment");
  assert.deepEqual(read({}).notes, []);
  const { notes } = read({ refund_ceiling_cent: 50_000, context: { ...COMMITMENT.context, session: "s" } });
  assert.equal(notes.length, 2);
  assert.match(notes[0]!, /"refund_ceiling_cent" \(did you mean "refund_ceiling_cents"\?\)/);
  assert.match(notes[1]!, /"context\.session"/);
  for (const change of [{ call_seq: 0 }, { commitment_class: "discount" }, { call_id: "" }]) {
    assert.throws(
      () => read(change),
      ({ hint }: Error & { hint?: string }) => /commitment_class, and context/.test(hint!),
    );
  }
  const text = JSON.stringify({ ...COMMITMENT, refund_ceiling_cents: 500 }).replace(":500", ":500.00");
  assert.throws(() => readCommitment(utf8(text), "commitment"), /whole number.* at refund_ceiling_cents$/);
});
