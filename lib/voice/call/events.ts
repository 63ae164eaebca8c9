import { suggest } from "../../formats/suggest.ts";
import { invalidInput } from "../../errors/mod.ts";
import { set, trim, trimLower } from "../../formats/text.ts";
import type { CallEvent, GateDecision, ReferenceDigest, SpeakReceipt } from "../../schema/voice/call.ts";
import { COVERED_EVENTS, VOICE_SCHEMA_ID } from "../../schema/voice/layout.ts";
import {
  badField,
  callIdOf,
  classOf,
  optionalDigest,
  positionOf,
  requiredText,
  requiredTime,
  schemaOf,
} from "./fields.ts";
import { VERDICTS } from "../../schema/verdict.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { isHexDigest } from "../../signing/mod.ts";
import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";

/**
 * Normalise an event of a call (docs/spec/voice.md 5.2).
 *
 * @throws {GaitError} `invalid_input`
 */
export function normalizeEvent(given: CallEvent, callId: string, what: string): CallEvent {
  return {
    ...schemaOf(given.schema_id, given.schema_version, VOICE_SCHEMA_ID.callEvent, what),
    created_at: requiredTime(given.created_at, "created_at", what),
    call_id: callIdOf(given.call_id, callId, what),
    ...positionOf(given, what),
    event_type: requiredText(given.event_type, "event_type", what),
    commitment_class: trim(given.commitment_class) === "" ? "" : classOf(given.commitment_class, what),
    intent_digest: optionalDigest(given.intent_digest, "intent_digest", what),
    policy_digest: optionalDigest(given.policy_digest, "policy_digest", what),
    say_token_id: trim(given.say_token_id),
    payload_digest: optionalDigest(given.payload_digest, "payload_digest", what),
    attributes: given.attributes,
  };
}

/**
 * Check that a call has every kind of event from speech recognition to the tool call (docs/spec/voice.md 5.2).
 *
 * @throws {GaitError} `invalid_input` that names the missing kinds of event
 */
export function demandCoverage(events: readonly CallEvent[], what: string): void {
  const seen = new Set(events.map((event) => event.event_type));
  const missing = COVERED_EVENTS.filter((type) => !seen.has(type));
  if (missing.length === 0) return;
  const others = [...seen].filter((type) => !(COVERED_EVENTS as readonly string[]).includes(type));
  const meant = missing.map((type) => [suggest(type, others), type] as const).find(([other]) => other);
  throw invalidInput(`Cannot use ${what}: no event ${missing.join(", ")}`, {
    hint: meant
      ? `Did you mean ${meant[1]} by ${JSON.stringify(meant[0])}?`
      : "A call has each of these at least once, or there is nothing binding to prove: record what is missing",
  });
}

/**
 * Normalise a gate decision (docs/spec/voice.md 5.3).
 *
 * @throws {GaitError} `invalid_input`
 */
export function normalizeDecision(given: GateDecision, callId: string, what: string): GateDecision {
  const verdict = trimLower(given.verdict);
  if (!(VERDICTS as readonly string[]).includes(verdict)) {
    throw badField(what, "verdict", `"${given.verdict}" is not one of ${VERDICTS.join(", ")}`);
  }
  return {
    call_id: callIdOf(given.call_id, callId, what),
    ...positionOf(given, what),
    commitment_class: classOf(given.commitment_class, what),
    verdict,
    reason_codes: set(given.reason_codes),
    intent_digest: optionalDigest(given.intent_digest, "intent_digest", what),
    policy_digest: optionalDigest(given.policy_digest, "policy_digest", what),
    approval_ref: trim(given.approval_ref),
  };
}

/**
 * Normalise a speak receipt (docs/spec/voice.md 5.4).
 *
 * @throws {GaitError} `invalid_input`
 */
export function normalizeReceipt(given: SpeakReceipt, callId: string, what: string): SpeakReceipt {
  const spoken = optionalDigest(given.spoken_digest, "spoken_digest", what);
  if (spoken === "") throw badField(what, "spoken_digest", "is missing");
  return {
    call_id: callIdOf(given.call_id, callId, what),
    ...positionOf(given, what),
    commitment_class: classOf(given.commitment_class, what),
    say_token_id: requiredText(given.say_token_id, "say_token_id", what),
    spoken_digest: spoken,
    emitted_at: requiredTime(given.emitted_at, "emitted_at", what),
  };
}

/** Normalised references, and the number of unusable ones. */
export interface NormalReferences {
  readonly references: readonly ReferenceDigest[];
  readonly dropped: number;
}

/** Normalise references: unusable ones are dropped, the rest is unique and sorted (docs/spec/voice.md 5.5). */
export function normalizeReferences(given: readonly ReferenceDigest[]): NormalReferences {
  const kept = new Map<string, ReferenceDigest>();
  let dropped = 0;
  for (const { ref_id, sha256 } of given) {
    const reference = { ref_id: trim(ref_id), sha256: trimLower(sha256) };
    if (reference.ref_id === "" || !isHexDigest(reference.sha256)) dropped++;
    else kept.set(JSON.stringify([reference.ref_id, reference.sha256]), reference);
  }
  const references = [...kept.values()].sort((a, b) =>
    compareBytewise(a.ref_id, b.ref_id) || compareBytewise(a.sha256, b.sha256)
  );
  return { references, dropped };
}

/** A raw text in a call that promises digests only. */
export interface RawText {
  readonly callSeq: number;
  readonly message: string;
}

/** Names of voices and engines are shorter, and have no white space. In characters. */
const MAX_LABEL_LENGTH = 64;

/**
 * Texts in the attributes of events that look like spoken sentences. `hash_only` promises that the call can't be read
 * from the pack, but attributes are kept as they are (weak spot 7 of docs/spec/voice.md).
 */
export function rawTexts(events: readonly CallEvent[]): RawText[] {
  return events.flatMap(({ attributes, call_seq, event_type }) =>
    sentencesIn(attributes ?? {}, "attributes").map((path) => ({
      callSeq: call_seq,
      message: `${event_type} at call_seq ${call_seq}: ${path} looks like raw text in a hash_only call`,
    }))
  );
}

function sentencesIn(value: JsonValue, path: string): string[] {
  if (typeof value === "string") {
    return value.length > MAX_LABEL_LENGTH || /\S\s+\S/u.test(value) ? [path] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => sentencesIn(item, `${path}[${i}]`));
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, item]) => sentencesIn(item, `${path}.${name}`));
  }
  return [];
}
