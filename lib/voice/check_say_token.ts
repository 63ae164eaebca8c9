import { amountProblem } from "./commitment.ts";
import { compareInstants, isZeroTime, type Rfc3339, timeOfMillis } from "../formats/time.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { COMMITMENT_CLASSES, VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import { checkSignature, digestOf, equalDigests, isHexDigest, type PublicKey } from "../signing/mod.ts";
import { encodeUnsigned, type GivenSayToken, type SayToken } from "./say_token.ts";

/** What a token must say; what is absent is not asked for. */
export interface CheckSayTokenOptions {
  readonly intentDigest: string | undefined;
  readonly policyDigest: string | undefined;
  readonly callId: string | undefined;
  readonly turnIndex: number | undefined;
  readonly callSeq: number | undefined;
  readonly commitmentClass: string | undefined;
  /** What is about to be said, in the hundredth part of the currency; absent when it is no matter of money. */
  readonly amountCents: number | undefined;
  readonly currency: string | undefined;
  readonly now: Rfc3339;
  /** The latest time at which an honest clock can have made it; later ones are refused. */
  readonly horizon: Rfc3339;
  /** Refuse what is only odd: members that nobody signs, another spelling, a token from the future. */
  readonly strict: boolean;
  readonly key: PublicKey;
}

/** Clocks that are off by less are none of our business. Milliseconds. */
const SKEW = 5 * 60_000;

/** The times that a token is checked by, at a time in milliseconds since 1970. */
export function sayTokenTimes(now: number): Pick<CheckSayTokenOptions, "now" | "horizon"> {
  return { now: timeOfMillis(now), horizon: timeOfMillis(now + SKEW) };
}

/** Why a token does not count. */
export type SayTokenCode =
  | "say_token_invalid"
  | "say_token_signature_missing"
  | "say_token_signature_invalid"
  | "say_token_expired"
  | "say_token_intent_mismatch"
  | "say_token_policy_mismatch"
  | "say_token_call_binding_mismatch"
  | "say_token_class_mismatch"
  | "say_token_amount_mismatch"
  | "say_token_not_exact"
  | "say_token_from_future"
  | "say_token_replayed";

/**
 * Check a token before its sentence is spoken. The order is fixed, the first thing that is wrong names it
 * (docs/spec/voice.md 4.1).
 *
 * @returns nothing when the sentence may be spoken
 */
export async function checkSayToken(
  given: GivenSayToken,
  question: CheckSayTokenOptions,
): Promise<SayTokenCode | undefined> {
  const { token, signature } = given;
  if (!isWellFormed(token)) return "say_token_invalid";
  if (!signature) return "say_token_signature_missing";
  // The schema id stands inside what is signed, so no other artifact of the same key can pass for a token.
  const problem = await checkSignature(signature, await digestOf(encodeUnsigned(token)), question.key);
  if (problem !== undefined) return "say_token_signature_invalid";
  const { intentDigest, policyDigest, callId, turnIndex, callSeq, commitmentClass, currency, amountCents } =
    question;
  if (intentDigest !== undefined && !equalDigests(token.intent_digest, intentDigest)) {
    return "say_token_intent_mismatch";
  }
  if (policyDigest !== undefined && !equalDigests(token.policy_digest, policyDigest)) {
    return "say_token_policy_mismatch";
  }
  if (callId !== undefined && token.call_id !== callId) return "say_token_call_binding_mismatch";
  if (turnIndex !== undefined && token.turn_index !== turnIndex) return "say_token_call_binding_mismatch";
  if (callSeq !== undefined && token.call_seq !== callSeq) return "say_token_call_binding_mismatch";
  if (commitmentClass !== undefined && token.commitment_class !== commitmentClass) {
    return "say_token_class_mismatch";
  }
  if (compareInstants(question.now, token.expires_at) >= 0) return "say_token_expired";
  if (currency !== undefined && token.currency !== currency) return "say_token_amount_mismatch";
  if (amountCents !== undefined && !covers(token, amountCents)) return "say_token_amount_mismatch";
  if (question.strict && !given.isExact) return "say_token_not_exact";
  if (question.strict && isFromFuture(token, question.horizon)) return "say_token_from_future";
  return undefined;
}

/** Whether an amount stays within what the token says. One that says nothing of amounts covers none. */
function covers(token: SayToken, cents: number): boolean {
  const { commitment_class, quote_min_cents, quote_max_cents, refund_ceiling_cents } = token;
  if (commitment_class === "refund") return refund_ceiling_cents > 0 && cents <= refund_ceiling_cents;
  return quote_max_cents > 0 && cents >= quote_min_cents && cents <= quote_max_cents;
}

/** Whether no honest clock can have made it yet. */
export function isFromFuture({ created_at }: SayToken, horizon: Rfc3339): boolean {
  return compareInstants(created_at, horizon) > 0;
}

function isWellFormed(token: SayToken): boolean {
  return token.schema_id === VOICE_SCHEMA_ID.sayToken && token.schema_version === RECORD_VERSION &&
    token.token_id !== "" && (COMMITMENT_CLASSES as readonly string[]).includes(token.commitment_class) &&
    isHexDigest(token.intent_digest) && isHexDigest(token.policy_digest) && token.call_id !== "" &&
    token.turn_index >= 0 && token.call_seq >= 1 && amountProblem(token) === undefined &&
    !isZeroTime(token.created_at) && !isZeroTime(token.expires_at);
}
