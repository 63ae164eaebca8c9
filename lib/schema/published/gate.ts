import {
  APPROVAL_TOKEN_OPTIONAL,
  APPROVAL_TOKEN_SCHEMA_ID,
  approvalTokenSchema,
  DELEGATION_TOKEN_OPTIONAL,
  DELEGATION_TOKEN_SCHEMA_ID,
  delegationTokenSchema,
} from "../tokens.ts";
import {
  APPROVAL_AUDIT_SCHEMA_ID,
  approvalAuditSchema,
  BROKER_CREDENTIAL_SCHEMA_ID,
  brokerCredentialSchema,
  DELEGATION_AUDIT_SCHEMA_ID,
  delegationAuditSchema,
} from "../authority_records.ts";
import { intentRequestSchema } from "../intent.ts";
import { GATE_RESULT_SCHEMA_ID, gateResultSchema } from "../gate_result.ts";
import { policyForm } from "../policy/schema.ts";
import { RECEIPT_OPTIONAL } from "../runpack.ts";
import { type Published, RELATIONSHIP } from "./published.ts";
import {
  BUDGET_REPORT_SCHEMA_ID,
  budgetReportSchema,
  contextEnvelopeSchema,
  contextRecordSchema,
} from "../context.ts";

/** Schemas of the gate: intents, policies, tokens and their records. */
export const PUBLISHED_GATE: readonly Published[] = [
  {
    file: "gate/intent_request.schema.json",
    title: "gait.gate.intent_request 1.0.0",
    schema: intentRequestSchema,
    side: "reads",
    caseless: true,
    more: {
      anyOf: [
        { properties: { tool_name: { type: "string", pattern: "\\S" } }, required: ["tool_name"] },
        { properties: { script: { type: "object" } }, required: ["script"] },
      ],
    },
  },
  {
    file: "gate/policy.schema.json",
    title: "gait.gate.policy 1.0.0",
    form: policyForm,
  },
  {
    file: "gate/approval_token.schema.json",
    title: "gait.gate.approval_token 1.0.0",
    schemaId: APPROVAL_TOKEN_SCHEMA_ID,
    digests: ["intent_digest", "policy_digest", "delegation_binding_digest"],
    schema: approvalTokenSchema,
    side: "writes",
    optional: APPROVAL_TOKEN_OPTIONAL,
  },
  {
    file: "gate/delegation_token.schema.json",
    title: "gait.gate.delegation_token 1.0.0",
    schemaId: DELEGATION_TOKEN_SCHEMA_ID,
    digests: ["intent_digest", "policy_digest"],
    schema: delegationTokenSchema,
    side: "writes",
    optional: DELEGATION_TOKEN_OPTIONAL,
  },
  {
    file: "gate/result.schema.json",
    title: "gait.gate.result 1.0.0",
    schemaId: GATE_RESULT_SCHEMA_ID,
    schema: gateResultSchema,
    side: "writes",
    optional: ["producer_version", "event_id", "result_digest", "result"],
  },
  {
    file: "gate/approval_audit_record.schema.json",
    title: "gait.gate.approval_audit_record 1.0.0",
    schemaId: APPROVAL_AUDIT_SCHEMA_ID,
    digests: ["intent_digest", "policy_digest"],
    schema: approvalAuditSchema,
    side: "writes",
    optional: [
      "approvers",
      "token_id",
      "approver_identity",
      "reason_code",
      "scope",
      "error_code",
      ...RELATIONSHIP,
    ],
    nullable: ["entries"],
  },
  {
    file: "gate/delegation_audit_record.schema.json",
    title: "gait.gate.delegation_audit_record 1.0.0",
    schemaId: DELEGATION_AUDIT_SCHEMA_ID,
    digests: ["intent_digest", "policy_digest"],
    schema: delegationAuditSchema,
    side: "writes",
    optional: [
      "delegation_ref",
      "token_id",
      "delegator_identity",
      "delegate_identity",
      "scope",
      "error_code",
      ...RELATIONSHIP,
    ],
  },
  {
    file: "gate/broker_credential_record.schema.json",
    title: "gait.gate.broker_credential_record 1.0.0",
    schemaId: BROKER_CREDENTIAL_SCHEMA_ID,
    schema: brokerCredentialSchema,
    side: "writes",
    optional: ["reference", "scope", "ttl_seconds"],
  },
];

/** Schemas of context evidence. */
export const PUBLISHED_CONTEXT: readonly Published[] = [
  {
    file: "context/envelope.schema.json",
    title: "gait.context.envelope 1.0.0",
    schema: contextEnvelopeSchema,
    side: "reads",
  },
  {
    file: "context/reference_record.schema.json",
    title: "Record of a gait.context.envelope 1.0.0",
    schema: contextRecordSchema,
    side: "writes",
    optional: RECEIPT_OPTIONAL,
  },
  {
    file: "context/budget_report.schema.json",
    title: "gait.context.budget_report 1.0.0",
    schemaId: BUDGET_REPORT_SCHEMA_ID,
    schema: budgetReportSchema,
    side: "writes",
    optional: ["drop_reasons"],
  },
];
