import { compareInstants, type Rfc3339 } from "../formats/time.ts";
import { APPROVAL_TOKEN_SCHEMA_ID } from "../schema/tokens.ts";
import { equalDigests, isHexDigest, type PublicKey } from "../signing/mod.ts";
import { type ApprovalToken, encodeUnsignedApproval } from "./approval_token.ts";
import { hasRunOut, hasTimes, holds, isDigestOrEmpty, isOfSchema } from "./sealed.ts";

/** The call that a token must speak of. */
export interface CheckApprovalOptions {
  readonly intentDigest: string;
  readonly policyDigest: string;
  /** Set when the intent acts in somebody's name. */
  readonly bindingDigest?: string;
  readonly requiredScope: readonly string[];
  readonly targets: number;
  readonly ops: number;
  readonly now: Rfc3339;
  /** The key of an approver; nothing when there is none for that identity. */
  readonly keyOf: (approver: string) => PublicKey | undefined;
  /** No token may hold beyond this. */
  readonly horizon?: Rfc3339;
  /** Identities that ask and therefore may not approve; none unless the project says so. */
  readonly requesters: readonly string[];
}

/** Why a token does not count. */
export type ApprovalCode =
  | "approval_token_invalid"
  | "approval_token_signature_missing"
  | "approval_token_signature_invalid"
  | "approval_token_intent_mismatch"
  | "approval_token_policy_mismatch"
  | "approval_token_delegation_binding_mismatch"
  | "approval_token_expired"
  | "approval_token_scope_mismatch"
  | "approval_token_max_targets_exceeded"
  | "approval_token_max_ops_exceeded"
  | "approval_token_lifetime_exceeded"
  | "approval_token_self_approval"
  | "approval_token_replayed";

/**
 * Check a token against a call. The order is fixed, the first thing that is wrong names it (docs/spec/tokens.md 3.6).
 *
 * @returns nothing when the token approves this call
 */
export async function checkApproval(
  token: ApprovalToken,
  question: CheckApprovalOptions,
): Promise<ApprovalCode | undefined> {
  if (!isWellFormed(token)) return "approval_token_invalid";
  const key = question.keyOf(token.approver);
  if (!key) return "approval_token_signature_invalid";
  if (!token.signature) return "approval_token_signature_missing";
  if (!await holds(token.signature, encodeUnsignedApproval(token), key)) {
    return "approval_token_signature_invalid";
  }
  if (!equalDigests(token.intentDigest, question.intentDigest)) return "approval_token_intent_mismatch";
  if (!equalDigests(token.policyDigest, question.policyDigest)) return "approval_token_policy_mismatch";
  if (question.bindingDigest !== undefined && !equalDigests(token.bindingDigest, question.bindingDigest)) {
    return "approval_token_delegation_binding_mismatch";
  }
  if (hasRunOut(token, question.now)) return "approval_token_expired";
  if (!token.scope.includes("*") && !question.requiredScope.every((one) => token.scope.includes(one))) {
    return "approval_token_scope_mismatch";
  }
  if (token.maxTargets > 0 && question.targets > token.maxTargets) {
    return "approval_token_max_targets_exceeded";
  }
  if (token.maxOps > 0 && question.ops > token.maxOps) return "approval_token_max_ops_exceeded";
  if (question.horizon !== undefined && compareInstants(token.expiresAt, question.horizon) > 0) {
    return "approval_token_lifetime_exceeded";
  }
  if (question.requesters.includes(token.approver)) return "approval_token_self_approval";
  return undefined;
}

function isWellFormed(token: ApprovalToken): boolean {
  return isOfSchema(token, APPROVAL_TOKEN_SCHEMA_ID) && token.tokenId !== "" && token.approver !== "" &&
    token.reasonCode !== "" && isHexDigest(token.intentDigest) && isHexDigest(token.policyDigest) &&
    isDigestOrEmpty(token.bindingDigest) && token.scope.length > 0 && token.maxTargets >= 0 &&
    token.maxOps >= 0 && hasTimes(token);
}
