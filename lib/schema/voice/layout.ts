/** Schema ids of voice documents (docs/spec/voice.md). */
export const VOICE_SCHEMA_ID = {
  commitment: "gait.voice.commitment_intent",
  sayToken: "gait.voice.say_token",
  callRecord: "gait.voice.call_record",
  callEvent: "gait.voice.call_event",
  callpackManifest: "gait.voice.callpack_manifest",
} as const;

/** Classes of commitments; a closed set. */
export const COMMITMENT_CLASSES = [
  "refund",
  "quote",
  "eligibility",
  "schedule",
  "cancel",
  "account_change",
] as const;

/** Labels of privacy modes; they don't change what is written (docs/spec/voice.md 5.7). */
export const PRIVACY_MODES = ["hash_only", "dispute_encrypted"] as const;

/** Entries that only a callpack has (docs/spec/voice.md 5.7). */
export const CALL_ENTRY = {
  manifest: "callpack_manifest.json",
  events: "call_events.jsonl",
  commitments: "commitments.jsonl",
  decisions: "gate_decisions.jsonl",
  receipts: "speak_receipts.jsonl",
  references: "reference_digests.json",
} as const;

/** The folder of say-tokens that a callpack may have beside them. */
export const SAY_TOKENS = "say_tokens/";

/** Kinds of event that every call has at least once (docs/spec/voice.md 5.2). */
export const COVERED_EVENTS = [
  "asr.final",
  "commitment.declared",
  "gate.decision",
  "tts.request",
  "tts.emitted",
  "tool.intent",
  "tool.result",
] as const;
