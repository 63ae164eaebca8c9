import { isOneOf } from "./person.ts";
import { compareInstants, type Rfc3339 } from "../formats/time.ts";
import { APPROVAL_TOKEN_SCHEMA_ID } from "../schema/tokens.ts";
import { equalDigests, isHexDigest, type PublicKey } from "../signing/mod.ts";
import { type ApprovalToken, encodeUnsignedApproval } from "./approval_token.ts";
import {
  hasTimes,
  isDigestOrEmpty,
  isExpired,
  isFromFuture,
  isOfSchema,
  isSignatureValid,
} from "./sealed.ts";

/** What an approval token is checked against. */
export interface CheckApprovalOptions {
  readonly intentDigest: string;
  readonly policyDigest: string;
  /** Set when the intent has a delegation. */
  readonly bindingDigest?: string;
  readonly requiredScope: readonly string[];
  readonly targets: number;
  readonly ops: number;
  readonly now: Rfc3339;
  /** The key of an approver; `undefined` when that identity has none. */
  readonly keyOf: (approver: string) => PublicKey | undefined;
  /** No token may be valid beyond this time. */
  readonly horizon?: Rfc3339;
  /** Identities that request the call and must not approve it; empty unless the project refuses self-approval. */
  readonly requesters: readonly string[];
}

/** Why an approval token is rejected. */
export type ApprovalCode =
  | "approval_token_invalid"
  | "approval_token_signature_missing"
  | "approval_token_signature_invalid"
  | "approval_token_intent_mismatch"
  | "approval_token_policy_mismatch"
  | "approval_token_delegation_binding_mismatch"
  | "approval_token_expired"
  | "approval_token_from_future"
  | "approval_token_scope_mismatch"
  | "approval_token_max_targets_exceeded"
  | "approval_token_max_ops_exceeded"
  | "approval_token_lifetime_exceeded"
  | "approval_token_self_approval"
  | "approval_token_replayed";

/**
 * Check a token against a call. The order of the checks is fixed, and the first one that fails gives the code
 * (docs/spec/tokens.md 3.6).
 *
 * @returns `undefined` when the token approves this call
 */
export async function checkApproval(
  token: ApprovalToken,
  options: CheckApprovalOptions,
): Promise<ApprovalCode | undefined> {
  if (!isWellFormedApproval(token)) return "approval_token_invalid";
  const key = options.keyOf(token.approver);
  if (!key) return "approval_token_signature_invalid";
  if (!token.signature) return "approval_token_signature_missing";
  if (!await isSignatureValid(token.signature, encodeUnsignedApproval(token), key)) {
    return "approval_token_signature_invalid";
  }
  return checkApprovalBinding(token, options);
}

/** The checks after the signature: whether what was signed is about this call. */
export function checkApprovalBinding(
  token: ApprovalToken,
  options: Omit<CheckApprovalOptions, "keyOf">,
): ApprovalCode | undefined {
  if (!equalDigests(token.intentDigest, options.intentDigest)) return "approval_token_intent_mismatch";
  if (!equalDigests(token.policyDigest, options.policyDigest)) return "approval_token_policy_mismatch";
  if (options.bindingDigest !== undefined && !equalDigests(token.bindingDigest, options.bindingDigest)) {
    return "approval_token_delegation_binding_mismatch";
  }
  if (isExpired(token, options.now)) return "approval_token_expired";
  if (isFromFuture(token, options.now)) return "approval_token_from_future";
  if (!token.scope.includes("*") && !options.requiredScope.every((one) => token.scope.includes(one))) {
    return "approval_token_scope_mismatch";
  }
  if (token.maxTargets > 0 && options.targets > token.maxTargets) {
    return "approval_token_max_targets_exceeded";
  }
  if (token.maxOps > 0 && options.ops > token.maxOps) return "approval_token_max_ops_exceeded";
  if (options.horizon !== undefined && compareInstants(token.expiresAt, options.horizon) > 0) {
    return "approval_token_lifetime_exceeded";
  }
  if (isOneOf(token.approver, options.requesters)) return "approval_token_self_approval";
  return undefined;
}

/** Whether a token has all that a token needs. */
export function isWellFormedApproval(token: ApprovalToken): boolean {
  return isOfSchema(token, APPROVAL_TOKEN_SCHEMA_ID) && token.tokenId !== "" && token.approver !== "" &&
    token.reasonCode !== "" && isHexDigest(token.intentDigest) && isHexDigest(token.policyDigest) &&
    isDigestOrEmpty(token.bindingDigest) && token.scope.length > 0 && token.maxTargets >= 0 &&
    token.maxOps >= 0 && hasTimes(token);
}
