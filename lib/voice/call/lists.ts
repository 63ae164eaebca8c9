import { set, trim, trimLower } from "../../formats/text.ts";
import { VERDICTS } from "../../schema/verdict.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import type { GateDecision, ReferenceDigest, SpeakReceipt } from "../../schema/voice/call.ts";
import { isHexDigest } from "../../signing/mod.ts";
import {
  badField,
  callIdOf,
  classOf,
  optionalDigest,
  positionOf,
  requiredText,
  requiredTime,
} from "./fields.ts";

/**
 * Normalise a decision of the gate (docs/spec/voice.md 5.3).
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
 * Normalise a receipt of speech (docs/spec/voice.md 5.4).
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

/** References in their normal form, and how many said nothing that can be used. */
export interface NormalReferences {
  readonly references: readonly ReferenceDigest[];
  readonly dropped: number;
}

/** Normalise references: bad ones are dropped, the rest is unique and sorted (docs/spec/voice.md 5.5). */
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
