import * as v from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";
import { integer, integersIn, omitEmpty, strictObject, text, texts, time } from "../fields.ts";

/** What the gate said about a commitment (docs/spec/voice.md 5.3). */
export const gateDecisionSchema = v.pipe(
  integersIn("call_seq", "turn_index"),
  strictObject({
    call_id: text,
    call_seq: integer,
    turn_index: integer,
    commitment_class: text,
    verdict: text,
    reason_codes: texts,
    intent_digest: text,
    policy_digest: text,
    approval_ref: text,
  }),
);

/** Proof that a sentence was spoken under a token (docs/spec/voice.md 5.4). */
export const speakReceiptSchema = v.pipe(
  integersIn("call_seq", "turn_index"),
  strictObject({
    call_id: text,
    call_seq: integer,
    turn_index: integer,
    commitment_class: text,
    say_token_id: text,
    spoken_digest: text,
    emitted_at: time,
  }),
);

/** A document that the call relied on (docs/spec/voice.md 5.5). */
export const referenceDigestSchema = strictObject({ ref_id: text, sha256: text });

export type GateDecision = v.InferOutput<typeof gateDecisionSchema>;
export type SpeakReceipt = v.InferOutput<typeof speakReceiptSchema>;
export type ReferenceDigest = v.InferOutput<typeof referenceDigestSchema>;

/** The written form of a decision; a receipt and a reference are written as they are. */
export function encodeGateDecision(decision: GateDecision): JsonObject {
  return omitEmpty(decision, "reason_codes", "intent_digest", "policy_digest", "approval_ref");
}
