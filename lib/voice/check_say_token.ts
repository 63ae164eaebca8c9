import { amountProblem } from "./commitment.ts";
import { compareInstants, isZeroTime, type Rfc3339, timeOfMillis } from "../formats/time.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { COMMITMENT_CLASSES, VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import { checkSignature, digestOf, equalDigests, isHexDigest, type PublicKey } from "../signing/mod.ts";
import { encodeUnsigned, type GivenSayToken, type SayToken } from "./say_token.ts";

/** What a say-token is checked against; absent members are not checked. */
export interface CheckSayTokenOptions {
  readonly intentDigest: string | undefined;
  readonly policyDigest: string | undefined;
  readonly callId: string | undefined;
  readonly turnIndex: number | undefined;
  readonly callSeq: number | undefined;
  readonly commitmentClass: string | undefined;
  /** The amount about to be spoken, in hundredths of the currency; absent when the sentence has no amount. */
  readonly amountCents: number | undefined;
  readonly currency: string | undefined;
  readonly now: Rfc3339;
  /** The latest creation time that clock skew can explain; later ones are refused in strict mode. */
  readonly horizon: Rfc3339;
  /** Also refuse unsigned members, any other spelling of the file, and a token from the future. */
  readonly strict: boolean;
  readonly key: PublicKey;
}

/** Tolerated clock skew in milliseconds. */
export const SKEW = 5 * 60_000;

/** The times that a token is checked against, from the current time in milliseconds since 1970. */
export function sayTokenTimes(now: number): Pick<CheckSayTokenOptions, "now" | "horizon"> {
  return { now: timeOfMillis(now), horizon: timeOfMillis(now + SKEW) };
}

/** Why a say-token is rejected. */
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
 * Check a token before its sentence is spoken. The order of the checks is fixed, and the first one that fails gives
 * the code (docs/spec/voice.md 4.1).
 *
 * @returns `undefined` when the sentence may be spoken
 */
export async function checkSayToken(
  given: GivenSayToken,
  options: CheckSayTokenOptions,
): Promise<SayTokenCode | undefined> {
  const { token, signature } = given;
  if (!isWellFormed(token)) return "say_token_invalid";
  if (!signature) return "say_token_signature_missing";
  // The signature covers the schema id, so no other artifact of the same key can pass for a token.
  const problem = await checkSignature(signature, await digestOf(encodeUnsigned(token)), options.key);
  if (problem !== undefined) return "say_token_signature_invalid";
  const { intentDigest, policyDigest, callId, turnIndex, callSeq, commitmentClass, currency, amountCents } =
    options;
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
  if (compareInstants(options.now, token.expires_at) >= 0) return "say_token_expired";
  if (currency !== undefined && token.currency !== currency) return "say_token_amount_mismatch";
  if (amountCents !== undefined && !coversAmount(token, amountCents)) return "say_token_amount_mismatch";
  if (options.strict && !given.isExact) return "say_token_not_exact";
  if (options.strict && isFromFuture(token, options.horizon)) return "say_token_from_future";
  return undefined;
}

/** Whether an amount is within the limits of the token. A token without limits covers no amount. */
export function coversAmount(token: SayToken, cents: number): boolean {
  const { commitment_class, quote_min_cents, quote_max_cents, refund_ceiling_cents } = token;
  if (commitment_class === "refund") return refund_ceiling_cents > 0 && cents <= refund_ceiling_cents;
  return quote_max_cents > 0 && cents >= quote_min_cents && cents <= quote_max_cents;
}

/** Whether a token was created later than clock skew can explain. */
export function isFromFuture({ created_at }: SayToken, horizon: Rfc3339): boolean {
  return compareInstants(created_at, horizon) > 0;
}

/** Whether every member of a token has its form. */
export function isWellFormed(token: SayToken): boolean {
  return token.schema_id === VOICE_SCHEMA_ID.sayToken && token.schema_version === RECORD_VERSION &&
    token.token_id !== "" && (COMMITMENT_CLASSES as readonly string[]).includes(token.commitment_class) &&
    isHexDigest(token.intent_digest) && isHexDigest(token.policy_digest) && token.call_id !== "" &&
    token.turn_index >= 0 && token.call_seq >= 1 && amountProblem(token) === undefined &&
    !isZeroTime(token.created_at) && !isZeroTime(token.expires_at);
}
