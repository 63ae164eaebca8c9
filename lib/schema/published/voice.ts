import {
  CALL_EVENT_OPTIONAL,
  callEventSchema,
  callpackManifestSchema,
  callRecordSchema,
  gateDecisionSchema,
  referenceDigestSchema,
  speakReceiptSchema,
} from "../voice/call.ts";
import { commitmentIntentSchema, strictCommitmentSchema } from "../voice/commitment_intent.ts";
import { VOICE_SCHEMA_ID } from "../voice/layout.ts";
import { sayTokenSchema } from "../voice/say_token.ts";
import type { Published } from "./published.ts";

const AMOUNTS = ["currency", "quote_min_cents", "quote_max_cents", "refund_ceiling_cents"];

/** The schemas of schemas/v1/voice. */
export const PUBLISHED_VOICE: readonly Published[] = [
  {
    file: "voice/commitment_intent.schema.json",
    title: "gait.voice.commitment_intent 1.0.0",
    schema: commitmentIntentSchema,
    side: "reads",
  },
  {
    file: "voice/commitment.schema.json",
    title: "A line of commitments.jsonl: gait.voice.commitment_intent 1.0.0 in its normal form",
    schemaId: VOICE_SCHEMA_ID.commitment,
    schema: strictCommitmentSchema,
    side: "writes",
    optional: [
      "utterance_digest",
      ...AMOUNTS,
      "approval_required",
      "approval_artifact_refs",
      "evidence_reference_digests",
      "session_id",
      "request_id",
      "environment_fingerprint",
    ],
  },
  {
    file: "voice/say_token.schema.json",
    title: "gait.voice.say_token 1.0.0",
    schemaId: VOICE_SCHEMA_ID.sayToken,
    schema: sayTokenSchema,
    side: "writes",
    digests: ["intent_digest", "policy_digest"],
    optional: AMOUNTS,
  },
  {
    file: "voice/call_record.schema.json",
    title: "gait.voice.call_record 1.0.0",
    schema: callRecordSchema,
    side: "reads",
  },
  {
    file: "voice/call_event.schema.json",
    title: "gait.voice.call_event 1.0.0",
    schemaId: VOICE_SCHEMA_ID.callEvent,
    schema: callEventSchema,
    side: "writes",
    digests: ["intent_digest", "policy_digest"],
    optional: CALL_EVENT_OPTIONAL,
  },
  {
    file: "voice/gate_decision.schema.json",
    title: "A line of gate_decisions.jsonl",
    schema: gateDecisionSchema,
    side: "writes",
    digests: ["intent_digest", "policy_digest"],
    optional: ["reason_codes", "intent_digest", "policy_digest", "approval_ref"],
  },
  {
    file: "voice/speak_receipt.schema.json",
    title: "A line of speak_receipts.jsonl",
    schema: speakReceiptSchema,
    side: "writes",
  },
  {
    file: "voice/reference_digest.schema.json",
    title: "An item of reference_digests.json",
    schema: referenceDigestSchema,
    side: "writes",
  },
  {
    file: "voice/callpack_manifest.schema.json",
    title: "gait.voice.callpack_manifest 1.0.0",
    schemaId: VOICE_SCHEMA_ID.callpackManifest,
    schema: callpackManifestSchema,
    side: "writes",
    optional: ["environment_fingerprint"],
  },
];
