import type { JsonObject } from "../formats/json/mod.ts";
import { APPROVAL_TOKEN_OPTIONAL, APPROVAL_TOKEN_SCHEMA_ID, approvalTokenSchema } from "../schema/tokens.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import { lset, set, trim } from "../formats/text.ts";
import { decodeHead, encodeHead, normalDigest, type SignedToken } from "./sealed.ts";

/** An approval token after normalisation: what is signed and what is checked (docs/spec/tokens.md 2, 3.6). */
export interface ApprovalToken extends SignedToken {
  readonly approver: string;
  readonly reasonCode: string;
  readonly intentDigest: string;
  readonly policyDigest: string;
  /** Empty when the token is not bound to a delegation. */
  readonly bindingDigest: string;
  /** In lower case, unique and sorted. */
  readonly scope: readonly string[];
  /** 0 for no limit. */
  readonly maxTargets: number;
  readonly maxOps: number;
  /** Scope as the file has it, for the audit. */
  readonly writtenScope: readonly string[];
}

/**
 * Read a token and normalise it. Nothing is verified yet.
 *
 * @throws {GaitError} `invalid_input` when a member has a wrong type or a time is malformed
 */
export function parseApprovalToken(document: JsonObject, what: string): ApprovalToken {
  const given = decode(approvalTokenSchema, document, what);
  return {
    ...decodeHead(given),
    approver: trim(given.approver_identity),
    reasonCode: trim(given.reason_code),
    intentDigest: normalDigest(given.intent_digest),
    policyDigest: normalDigest(given.policy_digest),
    bindingDigest: normalDigest(given.delegation_binding_digest),
    scope: lset(given.scope),
    writtenScope: set(given.scope),
    maxTargets: given.max_targets,
    maxOps: given.max_ops,
  };
}

/** The written form without signature: what is signed. */
export function encodeUnsignedApproval(token: ApprovalToken): JsonObject {
  return omitEmpty(
    {
      ...encodeHead(token, APPROVAL_TOKEN_SCHEMA_ID),
      approver_identity: token.approver,
      reason_code: token.reasonCode,
      intent_digest: token.intentDigest,
      policy_digest: token.policyDigest,
      delegation_binding_digest: token.bindingDigest,
      scope: [...token.scope],
      max_targets: token.maxTargets,
      max_ops: token.maxOps,
      expires_at: token.expiresAt,
    },
    ...APPROVAL_TOKEN_OPTIONAL,
  );
}

/** The text whose digest is the token id (docs/spec/tokens.md section 2). */
export function approvalIdText(token: Omit<ApprovalToken, "tokenId">): string {
  const { intentDigest, policyDigest, approver, reasonCode, scope, maxTargets, maxOps, expiresAt } = token;
  return [intentDigest, policyDigest, approver, reasonCode, scope.join(","), maxTargets, maxOps, expiresAt]
    .join(":");
}
