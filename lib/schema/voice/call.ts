import * as v from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";
import {
  anyObject,
  artifactHead,
  integer,
  integersIn,
  listOf,
  omitEmpty,
  strictObject,
  text,
  texts,
  time,
} from "../fields.ts";
import { strictCommitmentSchema } from "./commitment_intent.ts";
import { CALL_COUNTS, callCounts } from "../pack.ts";

/** An event of a call (docs/spec/voice.md 5.2). */
export const callEventSchema = v.pipe(
  integersIn("call_seq", "turn_index"),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    call_id: text,
    call_seq: integer,
    turn_index: integer,
    event_type: text,
    commitment_class: text,
    intent_digest: text,
    policy_digest: text,
    say_token_id: text,
    payload_digest: text,
    attributes: anyObject,
  }),
);

export type CallEvent = v.InferOutput<typeof callEventSchema>;

/** Members of an event that are omitted if they are empty. */
export const CALL_EVENT_OPTIONAL = [
  "commitment_class",
  "intent_digest",
  "policy_digest",
  "say_token_id",
  "payload_digest",
  "attributes",
] as const;

/** The written form. */
export function encodeCallEvent(event: CallEvent): JsonObject {
  return omitEmpty(event, ...CALL_EVENT_OPTIONAL);
}

/** The position and class of a commitment in a call. */
const callPlace = {
  call_id: text,
  call_seq: integer,
  turn_index: integer,
  commitment_class: text,
};

/** The gate's decision about a commitment (docs/spec/voice.md 5.3). */
export const gateDecisionSchema = v.pipe(
  integersIn("call_seq", "turn_index"),
  strictObject({
    ...callPlace,
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
    ...callPlace,
    say_token_id: text,
    spoken_digest: text,
    emitted_at: time,
  }),
);

/** The digest of a document used in the call (docs/spec/voice.md 5.5). */
export const referenceDigestSchema = strictObject({ ref_id: text, sha256: text });

export type GateDecision = v.InferOutput<typeof gateDecisionSchema>;
export type SpeakReceipt = v.InferOutput<typeof speakReceiptSchema>;
export type ReferenceDigest = v.InferOutput<typeof referenceDigestSchema>;

/** The written form of a decision; receipts and document digests are written unchanged. */
export function encodeGateDecision(decision: GateDecision): JsonObject {
  return omitEmpty(decision, "reason_codes", "intent_digest", "policy_digest", "approval_ref");
}

/** The record of one call by an adapter (docs/spec/voice.md 5.1). */
export const callRecordSchema = strictObject({
  ...artifactHead,
  call_id: text,
  runpack_path: text,
  privacy_mode: text,
  environment_fingerprint: text,
  events: listOf(callEventSchema),
  commitments: listOf(strictCommitmentSchema),
  gate_decisions: listOf(gateDecisionSchema),
  speak_receipts: listOf(speakReceiptSchema),
  reference_digests: listOf(referenceDigestSchema),
});

export type CallRecordFile = v.InferOutput<typeof callRecordSchema>;

/** The manifest of a callpack (docs/spec/voice.md 5.7). */
export const callpackManifestSchema = v.pipe(
  integersIn(...CALL_COUNTS),
  strictObject({
    ...artifactHead,
    call_id: text,
    privacy_mode: text,
    ...callCounts,
    environment_fingerprint: text,
  }),
);

export type CallpackManifest = v.InferOutput<typeof callpackManifestSchema>;

/** The written form. */
export function encodeCallpackManifest(manifest: CallpackManifest): JsonObject {
  return omitEmpty(manifest, "environment_fingerprint");
}
