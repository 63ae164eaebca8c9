import { invalidInput } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import type { CallEvent } from "../../schema/voice/call.ts";
import { COVERED_EVENTS, VOICE_SCHEMA_ID } from "../../schema/voice/layout.ts";
import {
  callIdOf,
  classOf,
  optionalDigest,
  positionOf,
  requiredText,
  requiredTime,
  schemaOf,
} from "./fields.ts";

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
 * Every call shows the whole way from hearing to doing (docs/spec/voice.md 5.2).
 *
 * @throws {GaitError} `invalid_input` that names the kinds of event that never occur
 */
export function demandCoverage(events: readonly CallEvent[], what: string): void {
  const seen = new Set(events.map((event) => event.event_type));
  const missing = COVERED_EVENTS.filter((type) => !seen.has(type));
  if (missing.length > 0) throw invalidInput(`Cannot use ${what}: no event ${missing.join(", ")}`);
}
