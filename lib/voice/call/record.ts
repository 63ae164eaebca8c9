import { invalidInput } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { trim, trimLower } from "../../formats/text.ts";
import { decode } from "../../schema/fields.ts";
import { NO_VERSION } from "../../schema/pack_layout.ts";
import {
  type CallEvent,
  callRecordSchema,
  type GateDecision,
  type ReferenceDigest,
  type SpeakReceipt,
} from "../../schema/voice/call.ts";
import type { CommitmentIntent } from "../../schema/voice/commitment_intent.ts";
import { PRIVACY_MODES, VOICE_SCHEMA_ID } from "../../schema/voice/layout.ts";
import { normalizeCommitment } from "../commitment.ts";
import {
  demandCoverage,
  normalizeDecision,
  normalizeEvent,
  normalizeReceipt,
  normalizeReferences,
  rawTexts,
} from "./events.ts";
import { badField, callIdOf, inCallOrder, requiredText, requiredTime, schemaOf } from "./fields.ts";
import { demandAllows, demandReceipts } from "./speak_gate.ts";

/** The record of one call, normalised and in order. */
export interface CallRecord {
  readonly createdAt: Rfc3339;
  readonly producerVersion: string;
  readonly callId: string;
  /** Relative to the folder of the record. */
  readonly runpackPath: string;
  readonly privacyMode: string;
  readonly environmentFingerprint: string;
  readonly events: readonly CallEvent[];
  readonly commitments: readonly CommitmentIntent[];
  readonly decisions: readonly GateDecision[];
  readonly receipts: readonly SpeakReceipt[];
  readonly references: readonly ReferenceDigest[];
  /** Warnings about dropped and suspicious members. */
  readonly notes: readonly string[];
}

/**
 * Read a call record, normalise it and apply the speak gate (docs/spec/voice.md section 5). A number that can't be
 * represented exactly is refused, because the signature would cover another one.
 *
 * @throws {GaitError} `invalid_input` that names the offending record
 */
export function readCallRecord(bytes: Uint8Array, what: string): CallRecord {
  const document = readJsonObject(bytes, { what, duplicates: "refuse", numbers: "exact" });
  const given = decode(callRecordSchema, document, what);
  schemaOf(given.schema_id, given.schema_version, VOICE_SCHEMA_ID.callRecord, what);
  const createdAt = requiredTime(given.created_at, "created_at", what);
  const callId = requiredText(given.call_id, "call_id", what);
  const runpackPath = requiredText(given.runpack_path, "runpack_path", what);
  const privacyMode = privacyModeOf(given.privacy_mode, what);

  const at = (list: string, i: number) => `${what}: ${list}[${i}]`;
  const events = inCallOrder(
    given.events.map((event, i) => normalizeEvent(event, callId, at("events", i))),
    (event) => event.event_type,
  );
  demandCoverage(events, what);
  const commitments = given.commitments.map((one, i) => {
    const where = at("commitments", i);
    callIdOf(one.call_id, callId, where);
    return normalizeCommitment(one, where);
  });
  const decisions = inClassOrder(
    given.gate_decisions.map((one, i) => normalizeDecision(one, callId, at("gate_decisions", i))),
  );
  const receipts = inClassOrder(
    given.speak_receipts.map((one, i) => normalizeReceipt(one, callId, at("speak_receipts", i))),
  );
  demandReceipts(events, receipts);
  demandAllows(decisions, receipts);
  const { references, dropped } = normalizeReferences(given.reference_digests);
  return {
    createdAt,
    producerVersion: trim(given.producer_version) || NO_VERSION,
    callId,
    runpackPath,
    privacyMode,
    environmentFingerprint: trim(given.environment_fingerprint),
    events,
    commitments: inClassOrder(commitments.map((one) => one.commitment)),
    decisions,
    receipts,
    references,
    notes: [
      ...commitments.flatMap((one) => one.notes),
      ...(dropped > 0 ? [`reference_digests: ${dropped} without name or digest were dropped`] : []),
      ...(privacyMode === "hash_only" ? rawTexts(events).map(({ message }) => message) : []),
    ],
  };
}

/** One of {@linkcode PRIVACY_MODES}; blank means the stricter one. */
function privacyModeOf(given: string, what: string): string {
  const mode = trimLower(given) || PRIVACY_MODES[0];
  if ((PRIVACY_MODES as readonly string[]).includes(mode)) return mode;
  throw badField(what, "privacy_mode", `"${given}" is not one of ${PRIVACY_MODES.join(", ")}`);
}

function inClassOrder<T extends { readonly call_seq: number; readonly commitment_class: string }>(
  items: readonly T[],
): T[] {
  return inCallOrder(items, (item) => item.commitment_class);
}

/** Refuses a list that is not in the order of the call; sorting it would hide that a record was moved. */
export function demandOrder(events: readonly CallEvent[], what: string): void {
  for (const [i, event] of events.entries()) {
    if (i > 0 && events[i - 1]!.call_seq > event.call_seq) {
      throw invalidInput(`Cannot read ${what}: event ${i + 1} comes after a later one`);
    }
  }
}
