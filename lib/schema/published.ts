import type { GenericSchema } from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import { APPROVAL_TOKEN_SCHEMA_ID, approvalTokenSchema } from "./approval_token.ts";
import {
  APPROVAL_AUDIT_SCHEMA_ID,
  approvalAuditSchema,
  BROKER_CREDENTIAL_SCHEMA_ID,
  brokerCredentialSchema,
  DELEGATION_AUDIT_SCHEMA_ID,
  delegationAuditSchema,
} from "./authority_records.ts";
import { DELEGATION_TOKEN_SCHEMA_ID, delegationTokenSchema } from "./delegation_token.ts";
import { BUDGET_REPORT_SCHEMA_ID, budgetReportSchema } from "./context_budget.ts";
import { contextEnvelopeSchema, contextRecordSchema } from "./context_envelope.ts";
import { intentRequestSchema } from "./intent.ts";
import {
  callPayloadSchema,
  jobPayloadSchema,
  packDiffSchema,
  packManifestSchema,
  runPayloadSchema,
} from "./pack.ts";
import { PACK_SCHEMA_ID } from "./pack_layout.ts";
import { policyForm } from "./policy.ts";
import { proofRecordSchema } from "./proof_record.ts";
import { CONFIG_SCHEMA_ID, configSchema } from "./regress_config.ts";
import { FIXTURE_SCHEMA_ID, fixtureSchema } from "./regress_fixture.ts";
import { regressResultSchema, RESULT_SCHEMA_ID } from "./regress_result.ts";
import { intentSchema, recordInputSchema, refsSchema, resultSchema, runSchema } from "./runpack.ts";
import { manifestSchema } from "./runpack_manifest.ts";
import {
  CHAIN_HEAD_SCHEMA_ID,
  chainHeadSchema,
  CHECKPOINT_SCHEMA_ID,
  checkpointSchema,
  SESSION_CHAIN_SCHEMA_ID,
  sessionChainSchema,
} from "./session_chain.ts";
import {
  EVENT_SCHEMA_ID,
  JOURNAL_SCHEMA_ID,
  journalHeaderSchema,
  RECOVERY_SCHEMA_ID,
  recoverySchema,
  sessionEventSchema,
  sessionStateSchema,
  STATE_SCHEMA_ID,
} from "./session_journal.ts";
import { PUBLISHED_VOICE } from "./voice/published.ts";

/** One JSON Schema of schemas/v1. */
export type Published = OfArtifact | OfFile;

interface Named {
  /** File below schemas/v1. */
  readonly file: string;
  readonly title: string;
}

/** Of a file that people write and a reader of its own reads: for editors. */
export interface OfFile extends Named {
  /** JSON Schema, draft 7. */
  readonly form: JsonObject;
}

/** Of an artifact in JSON. */
export interface OfArtifact extends Named {
  readonly schema: GenericSchema;
  /** Whether it describes what a reader takes (almost everything may be missing) or what a writer gives. */
  readonly side: "reads" | "writes";
  /** What `schema_id` must be. */
  readonly schemaId?: string;
  /** Members of the whole that are SHA-256 digests, beside those whose name says so. */
  readonly digests?: readonly string[];
  /** Members that may be null. */
  readonly nullable?: readonly string[];
  /** Words count in any case and between blanks. */
  readonly caseless?: boolean;
  /** What JSON Schema can say and the schema can't. */
  readonly more?: JsonObject;
  /** Members that a writer leaves out when they are empty, wherever they occur. */
  readonly optional?: readonly string[];
}

const RECEIPT = ["freshness_sla_seconds", "sensitivity_label", "retrieval_params"];
const RELATIONSHIP = [
  "relationship",
  "parent_ref",
  "entity_refs",
  "policy_ref",
  "policy_id",
  "policy_version",
  "policy_digest",
  "matched_rule_ids",
  "agent_chain",
  "edges",
  "parent_record_id",
  "related_record_ids",
  "related_entity_ids",
  "agent_lineage",
  "delegated_by",
  "delegation_record_id",
];

const EVENT = [
  ...["intent_id", "tool_name", "intent_digest", "policy_digest", "trace_id", "trace_path", "verdict"],
  ...["reason_codes", "violations"],
];
const INVARIANT = ["safety_invariant_version", "safety_invariant_hash"];

/** The schemas that `deno task schemas` writes. */
export const PUBLISHED: readonly Published[] = [
  {
    file: "runpack/manifest.schema.json",
    title: "gait.runpack.manifest 1.0.0",
    schemaId: "gait.runpack.manifest",
    schema: manifestSchema,
    side: "writes",
    optional: ["signatures"],
  },
  {
    file: "runpack/run.schema.json",
    title: "gait.runpack.run 1.0.0",
    schemaId: "gait.runpack.run",
    schema: runSchema,
    side: "writes",
    optional: ["ref", ...RELATIONSHIP],
    nullable: ["timeline"],
  },
  {
    file: "runpack/intent.schema.json",
    title: "gait.runpack.intent 1.0.0",
    schemaId: "gait.runpack.intent",
    schema: intentSchema,
    side: "writes",
    optional: ["args"],
  },
  {
    file: "runpack/result.schema.json",
    title: "gait.runpack.result 1.0.0",
    schemaId: "gait.runpack.result",
    schema: resultSchema,
    side: "writes",
    optional: ["result"],
  },
  {
    file: "runpack/refs.schema.json",
    title: "gait.runpack.refs 1.0.0",
    schemaId: "gait.runpack.refs",
    schema: refsSchema,
    side: "writes",
    optional: ["context_set_digest", "context_evidence_mode", "context_ref_count", ...RECEIPT],
  },
  {
    file: "runpack/session_header.schema.json",
    title: "gait.runpack.session_journal 1.0.0, the header of a journal",
    schemaId: JOURNAL_SCHEMA_ID,
    schema: journalHeaderSchema,
    side: "writes",
  },
  {
    file: "runpack/session_event.schema.json",
    title: "gait.runpack.session_event 1.0.0",
    schemaId: EVENT_SCHEMA_ID,
    schema: sessionEventSchema,
    side: "writes",
    optional: [...EVENT, ...INVARIANT, ...RELATIONSHIP],
  },
  {
    file: "runpack/session_checkpoint.schema.json",
    title: "gait.runpack.session_checkpoint 1.0.0",
    schemaId: CHECKPOINT_SCHEMA_ID,
    schema: checkpointSchema,
    side: "writes",
    optional: ["prev_checkpoint_digest", ...INVARIANT, ...RELATIONSHIP],
  },
  {
    file: "runpack/session_chain.schema.json",
    title: "gait.runpack.session_chain 1.0.0",
    schemaId: SESSION_CHAIN_SCHEMA_ID,
    schema: sessionChainSchema,
    side: "writes",
    optional: ["prev_checkpoint_digest", ...INVARIANT, ...RELATIONSHIP],
  },
  {
    file: "runpack/session_chain_head.schema.json",
    title: "gait.runpack.session_chain_head 1.0.0",
    schemaId: CHAIN_HEAD_SCHEMA_ID,
    schema: chainHeadSchema,
    side: "writes",
    optional: ["signatures"],
  },
  {
    file: "runpack/session_state.schema.json",
    title: "gait.runpack.session_state 1.0.0",
    schemaId: STATE_SCHEMA_ID,
    schema: sessionStateSchema,
    side: "writes",
    optional: [
      ...["last_checkpoint_digest", "tail_offset", "tail_prev_digest", "journal_digest"],
      ...["recovered", "state_digest"],
    ],
  },
  {
    file: "runpack/session_recovery.schema.json",
    title: "gait.runpack.session_recovery 1.0.0",
    schemaId: RECOVERY_SCHEMA_ID,
    schema: recoverySchema,
    side: "writes",
    optional: ["kept_as", "lost_sequences"],
  },
  {
    file: "runpack/record_input.schema.json",
    title: "Input of gait run record",
    schema: recordInputSchema,
    side: "reads",
  },
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
    optional: RECEIPT,
  },
  {
    file: "context/budget_report.schema.json",
    title: "gait.context.budget_report 1.0.0",
    schemaId: BUDGET_REPORT_SCHEMA_ID,
    schema: budgetReportSchema,
    side: "writes",
    optional: ["drop_reasons"],
  },
  {
    file: "pack/manifest.schema.json",
    title: "gait.pack.manifest 1.0.0",
    schemaId: PACK_SCHEMA_ID.manifest,
    schema: packManifestSchema,
    side: "writes",
    optional: ["signatures", "signed_digest"],
  },
  {
    file: "pack/run.schema.json",
    title: "gait.pack.run 1.0.0",
    schemaId: PACK_SCHEMA_ID.run,
    schema: runPayloadSchema,
    side: "writes",
    optional: ["context_set_digest", "context_ref_count", "context_evidence_mode", "context_privacy_mode"],
  },
  {
    file: "pack/job.schema.json",
    title: "gait.pack.job 1.0.0",
    schemaId: PACK_SCHEMA_ID.job,
    schema: jobPayloadSchema,
    side: "writes",
    optional: ["safety_invariant_version", "safety_invariant_hash"],
  },
  {
    file: "pack/call.schema.json",
    title: "gait.pack.call 1.0.0",
    schemaId: PACK_SCHEMA_ID.call,
    schema: callPayloadSchema,
    side: "writes",
    optional: ["run_id", "environment_fingerprint"],
  },
  {
    file: "pack/diff.schema.json",
    title: "gait.pack.diff 1.0.0",
    schemaId: PACK_SCHEMA_ID.diff,
    schema: packDiffSchema,
    side: "writes",
    optional: [
      "added_files",
      "removed_files",
      "changed_files",
      "context_changed",
      "context_runtime_only_changes",
    ],
  },
  {
    file: "pack/proof_record.schema.json",
    title: "One line of proof_records.jsonl",
    schema: proofRecordSchema,
    side: "writes",
    optional: [
      "agent_id",
      "metadata",
      "relationship",
      "relations",
      "previous_record_hash",
      "signing_key_id",
      "signature",
    ],
  },
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
    optional: ["delegation_binding_digest", "max_targets", "max_ops"],
  },
  {
    file: "gate/delegation_token.schema.json",
    title: "gait.gate.delegation_token 1.0.0",
    schemaId: DELEGATION_TOKEN_SCHEMA_ID,
    digests: ["intent_digest", "policy_digest"],
    schema: delegationTokenSchema,
    side: "writes",
    optional: ["scope_class", "intent_digest", "policy_digest"],
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
  {
    file: "regress/fixture.schema.json",
    title: "gait.regress.fixture 1.0.0",
    schemaId: FIXTURE_SCHEMA_ID,
    schema: fixtureSchema,
    side: "reads",
  },
  {
    file: "regress/config.schema.json",
    title: "gait.regress.config 1.0.0",
    schemaId: CONFIG_SCHEMA_ID,
    schema: configSchema,
    side: "reads",
  },
  {
    file: "regress/result.schema.json",
    title: "gait.regress.result 1.0.0",
    schemaId: RESULT_SCHEMA_ID,
    schema: regressResultSchema,
    side: "writes",
    optional: ["context_conformance", "details"],
  },
  ...PUBLISHED_VOICE,
];
