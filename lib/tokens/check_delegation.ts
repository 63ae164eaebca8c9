import type { Rfc3339 } from "../formats/time.ts";
import { DELEGATION_TOKEN_SCHEMA_ID } from "../schema/tokens.ts";
import { equalDigests, type PublicKey } from "../signing/mod.ts";
import { type DelegationToken, encodeUnsignedDelegation } from "./delegation_token.ts";
import {
  hasTimes,
  isDigestOrEmpty,
  isExpired,
  isFromFuture,
  isOfSchema,
  isSignatureValid,
} from "./sealed.ts";

/** What a delegation token is checked against; an absent member or an empty list is not checked. */
export interface CheckDelegationOptions {
  readonly delegator: string | undefined;
  readonly delegate: string | undefined;
  readonly intentDigest: string | undefined;
  readonly policyDigest: string | undefined;
  /** In lower case; one of them must be in the token's scope. */
  readonly requiredScope: readonly string[];
  readonly now: Rfc3339;
  readonly key: PublicKey;
}

/** Why a delegation token is rejected. */
export type DelegationCode =
  | "delegation_token_invalid"
  | "delegation_token_signature_missing"
  | "delegation_token_signature_invalid"
  | "delegation_token_expired"
  | "delegation_token_from_future"
  | "delegation_token_delegator_mismatch"
  | "delegation_token_delegate_mismatch"
  | "delegation_token_intent_mismatch"
  | "delegation_token_policy_mismatch"
  | "delegation_token_scope_mismatch";

/**
 * Check a token against a link of a chain. The order of the checks is fixed, and the first one that fails gives the
 * code (docs/spec/tokens.md 4.3).
 *
 * @returns `undefined` when the token proves the link
 */
export async function checkDelegation(
  token: DelegationToken,
  options: CheckDelegationOptions,
): Promise<DelegationCode | undefined> {
  if (!isWellFormedDelegation(token)) return "delegation_token_invalid";
  if (!token.signature) return "delegation_token_signature_missing";
  if (!await isSignatureValid(token.signature, encodeUnsignedDelegation(token), options.key)) {
    return "delegation_token_signature_invalid";
  }
  return checkDelegationBinding(token, options);
}

/** The checks after the signature: whether what was signed is about this link. */
export function checkDelegationBinding(
  token: DelegationToken,
  options: Omit<CheckDelegationOptions, "key">,
): DelegationCode | undefined {
  if (isExpired(token, options.now)) return "delegation_token_expired";
  if (isFromFuture(token, options.now)) return "delegation_token_from_future";
  if (options.delegator !== undefined && token.delegator !== options.delegator) {
    return "delegation_token_delegator_mismatch";
  }
  if (options.delegate !== undefined && token.delegate !== options.delegate) {
    return "delegation_token_delegate_mismatch";
  }
  if (contradicts(token.intentDigest, options.intentDigest)) return "delegation_token_intent_mismatch";
  if (contradicts(token.policyDigest, options.policyDigest)) return "delegation_token_policy_mismatch";
  const { requiredScope } = options;
  const scope = [...token.scope, token.scopeClass];
  if (requiredScope.length > 0 && !scope.includes("*") && !requiredScope.some((one) => scope.includes(one))) {
    return "delegation_token_scope_mismatch";
  }
  return undefined;
}

/** Digests are compared only where both sides have one. */
function contradicts(ofToken: string, expected: string | undefined): boolean {
  return ofToken !== "" && expected !== undefined && !equalDigests(ofToken, expected);
}

/** Whether a token has all that a token needs. */
export function isWellFormedDelegation(token: DelegationToken): boolean {
  return isOfSchema(token, DELEGATION_TOKEN_SCHEMA_ID) && token.tokenId !== "" && token.delegator !== "" &&
    token.delegate !== "" && token.scope.length > 0 && isDigestOrEmpty(token.intentDigest) &&
    isDigestOrEmpty(token.policyDigest) && hasTimes(token);
}
