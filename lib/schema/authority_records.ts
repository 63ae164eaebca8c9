import * as v from "valibot";
import { artifactHead, count, listOf, object, text, texts, time } from "./fields.ts";
import { relationshipSchema } from "./relationship.ts";

export const APPROVAL_AUDIT_SCHEMA_ID = "gait.gate.approval_audit_record";
export const DELEGATION_AUDIT_SCHEMA_ID = "gait.gate.delegation_audit_record";
export const BROKER_CREDENTIAL_SCHEMA_ID = "gait.gate.broker_credential_record";

const optionalBoolean = v.nullish(v.boolean(), false);

const decision = { trace_id: text, tool_name: text, intent_digest: text, policy_digest: text };

/** What became of one approval token. */
export const approvalAuditEntrySchema = object({
  token_id: text,
  approver_identity: text,
  reason_code: text,
  scope: texts,
  expires_at: time,
  valid: optionalBoolean,
  error_code: text,
});

/** Who approved a call (docs/spec/tokens.md 3.11). */
export const approvalAuditSchema = object({
  ...artifactHead,
  ...decision,
  required_approvals: count,
  valid_approvals: count,
  approved: optionalBoolean,
  approvers: texts,
  relationship: v.nullish(relationshipSchema),
  entries: listOf(approvalAuditEntrySchema),
});

/** The delegation of a call (docs/spec/tokens.md section 5). */
export const delegationAuditSchema = object({
  ...artifactHead,
  ...decision,
  delegation_required: optionalBoolean,
  valid_delegations: count,
  delegated: optionalBoolean,
  delegation_ref: text,
  relationship: v.nullish(relationshipSchema),
  entries: listOf(object({
    token_id: text,
    delegator_identity: text,
    delegate_identity: text,
    scope: texts,
    expires_at: time,
    valid: optionalBoolean,
    error_code: text,
  })),
});

/** The record of a credential that a broker issued for a call, without the credential (docs/spec/tokens.md 6.4). */
export const brokerCredentialSchema = object({
  ...artifactHead,
  trace_id: text,
  tool_name: text,
  identity: text,
  broker: text,
  reference: text,
  scope: texts,
  credential_ref: text,
  issued_at: time,
  expires_at: time,
  ttl_seconds: count,
});
