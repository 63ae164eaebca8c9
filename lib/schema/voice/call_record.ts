import type * as v from "valibot";
import { listOf, strictObject, text, time } from "../fields.ts";
import { callEventSchema } from "./call_event.ts";
import { gateDecisionSchema, referenceDigestSchema, speakReceiptSchema } from "./call_lists.ts";
import { strictCommitmentSchema } from "./commitment_intent.ts";

/** All that an adapter wrote down about one call (docs/spec/voice.md 5.1). */
export const callRecordSchema = strictObject({
  schema_id: text,
  schema_version: text,
  created_at: time,
  producer_version: text,
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
