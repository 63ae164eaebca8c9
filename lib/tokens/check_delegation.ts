import type { Rfc3339 } from "../formats/time.ts";
import { DELEGATION_TOKEN_SCHEMA_ID } from "../schema/tokens.ts";
import { equalDigests, type PublicKey } from "../signing/mod.ts";
import { type DelegationToken, encodeUnsignedDelegation } from "./delegation_token.ts";
import { hasRunOut, hasTimes, holds, isDigestOrEmpty, isOfSchema } from "./sealed.ts";

/** What a token must say; what is absent, or an empty list, is not asked for. */
export interface CheckDelegationOptions {
  readonly delegator: string | undefined;
  readonly delegate: string | undefined;
  readonly intentDigest: string | undefined;
  readonly policyDigest: string | undefined;
  /** In lower case; any one of them will do. */
  readonly requiredScope: readonly string[];
  readonly now: Rfc3339;
  readonly key: PublicKey;
}

/** Why a token does not count. */
export type DelegationCode =
  | "delegation_token_invalid"
  | "delegation_token_signature_missing"
  | "delegation_token_signature_invalid"
  | "delegation_token_expired"
  | "delegation_token_delegator_mismatch"
  | "delegation_token_delegate_mismatch"
  | "delegation_token_intent_mismatch"
  | "delegation_token_policy_mismatch"
  | "delegation_token_scope_mismatch";

/**
 * Check a token against a link of a chain. The order is fixed, the first thing that is wrong names it
 * (docs/spec/tokens.md 4.3).
 *
 * @returns nothing when the token says what is asked
 */
export async function checkDelegation(
  token: DelegationToken,
  question: CheckDelegationOptions,
): Promise<DelegationCode | undefined> {
  if (!isWellFormed(token)) return "delegation_token_invalid";
  if (!token.signature) return "delegation_token_signature_missing";
  if (!await holds(token.signature, encodeUnsignedDelegation(token), question.key)) {
    return "delegation_token_signature_invalid";
  }
  if (hasRunOut(token, question.now)) return "delegation_token_expired";
  if (question.delegator !== undefined && token.delegator !== question.delegator) {
    return "delegation_token_delegator_mismatch";
  }
  if (question.delegate !== undefined && token.delegate !== question.delegate) {
    return "delegation_token_delegate_mismatch";
  }
  if (contradicts(token.intentDigest, question.intentDigest)) return "delegation_token_intent_mismatch";
  if (contradicts(token.policyDigest, question.policyDigest)) return "delegation_token_policy_mismatch";
  const { requiredScope } = question;
  const scope = [...token.scope, token.scopeClass];
  if (requiredScope.length > 0 && !scope.includes("*") && !requiredScope.some((one) => scope.includes(one))) {
    return "delegation_token_scope_mismatch";
  }
  return undefined;
}

/** Digests are compared only where both sides name one. */
function contradicts(ofToken: string, asked: string | undefined): boolean {
  return ofToken !== "" && asked !== undefined && !equalDigests(ofToken, asked);
}

function isWellFormed(token: DelegationToken): boolean {
  return isOfSchema(token, DELEGATION_TOKEN_SCHEMA_ID) && token.tokenId !== "" && token.delegator !== "" &&
    token.delegate !== "" && token.scope.length > 0 && isDigestOrEmpty(token.intentDigest) &&
    isDigestOrEmpty(token.policyDigest) && hasTimes(token);
}
