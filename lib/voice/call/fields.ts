import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { isZeroTime, type Rfc3339, toUtc } from "../../formats/time.ts";
import { trim, trimLower } from "../../formats/text.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { COMMITMENT_CLASSES } from "../../schema/voice/layout.ts";
import { isHexDigest } from "../../signing/mod.ts";

/*
 * Normalisation of the members of call records (docs/spec/voice.md sections 2 and 5). `what` names the record in
 * errors, e.g. `call record: events[3]`.
 */

/** The error about one member. */
export function badField(what: string, name: string, reason: string): Error {
  return invalidInput(`Cannot read ${what}: ${name} ${reason}`, {
    hint: what.startsWith("commitment")
      ? "A commitment needs created_at, call_id, call_seq, commitment_class, and context with identity, workspace and " +
        "risk_class (docs/voice.md)"
      : "docs/voice.md has a record of a call to begin with; docs/contracts/voice.md its members",
  });
}

/** The schema of a record; blank means the expected one. */
export function schemaOf(id: string, version: string, expected: string, what: string) {
  if (trim(id) !== "" && id !== expected) throw badField(what, "schema_id", `"${id}" is not ${expected}`);
  if (trim(version) !== "" && version !== RECORD_VERSION) {
    throw badField(what, "schema_version", `"${version}" is not ${RECORD_VERSION}`);
  }
  return { schema_id: expected, schema_version: RECORD_VERSION };
}

/** A time that must be set, in UTC. */
export function requiredTime(time: Rfc3339, name: string, what: string): Rfc3339 {
  if (isZeroTime(time)) throw badField(what, name, "is missing");
  return toUtc(time);
}

/** A text that must not be blank, trimmed. */
export function requiredText(text: string, name: string, what: string): string {
  const trimmed = trim(text);
  if (trimmed === "") throw badField(what, name, "is missing");
  return trimmed;
}

/** The position in the call: turns count from 0, the sequence from 1. */
export function positionOf(given: { turn_index: number; call_seq: number }, what: string) {
  if (given.turn_index < 0) throw badField(what, "turn_index", "must be 0 or more");
  if (given.call_seq < 1) throw badField(what, "call_seq", "must be 1 or more");
  return { turn_index: given.turn_index, call_seq: given.call_seq };
}

/** The id of the call, which must be that of the record. */
export function callIdOf(given: string, callId: string, what: string): string {
  const own = requiredText(given, "call_id", what);
  if (own !== callId) throw badField(what, "call_id", `"${own}" differs from that of the call, "${callId}"`);
  return own;
}

/** One of the six classes. */
export function classOf(given: string, what: string): string {
  const name = trimLower(given);
  if ((COMMITMENT_CLASSES as readonly string[]).includes(name)) return name;
  throw badField(what, "commitment_class", `"${given}" is not one of ${COMMITMENT_CLASSES.join(", ")}`);
}

/** SHA-256 in lower-case hex, or empty. */
export function optionalDigest(given: string, name: string, what: string): string {
  const digest = trimLower(given);
  if (digest !== "" && !isHexDigest(digest)) throw badField(what, name, "must be 64 hex digits");
  return digest;
}

/** A list sorted by position in the call, then by `tieOf`; equal items keep their order. */
export function inCallOrder<T extends { readonly call_seq: number }>(
  items: readonly T[],
  tieOf: (item: T) => string,
): T[] {
  return [...items].sort((a, b) => a.call_seq - b.call_seq || compareBytewise(tieOf(a), tieOf(b)));
}
