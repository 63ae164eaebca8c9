import * as v from "valibot";
import {
  approvalAuditEntrySchema,
  approvalAuditSchema,
  brokerCredentialSchema,
} from "./authority_records.ts";
import { artifactHead, integer, listOf, object, omitEmpty, snapshotItem, text, time } from "./fields.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { encodeRelationship, type Relationship, relationshipSchema } from "./relationship.ts";

/*
 * Evidence as an evidence pack holds it: read into a fixed set of members and written again (docs/spec/guard.md
 * section 6). Members that are always written stay even when they are empty; a list that was not given is null.
 */

/** A list that is null when it was not given. */
function listOrNull<T extends v.GenericSchema>(item: T) {
  return v.nullish(v.array(item), null);
}

/** Who approved a call. */
export const approvalEvidenceSchema = object({
  ...approvalAuditSchema.entries,
  required_approvals: integer,
  valid_approvals: integer,
  entries: listOrNull(approvalAuditEntrySchema),
});

/** The credential that a broker issued for a call, with the later members of docs/spec/guard.md, "Later additions". */
export const credentialEvidenceSchema = object({
  ...brokerCredentialSchema.entries,
  ttl_seconds: integer,
  credential_source: text,
  credential_access_type: text,
  credential_issuer: text,
  credential_subject: text,
  credential_owner: text,
  target_binding: text,
  run_binding: text,
  job_binding: text,
  request_digest: text,
});

const relationship = v.nullish(relationshipSchema);

/** The tools that a scout found. */
export const inventoryEvidenceSchema = object({
  ...artifactHead,
  snapshot_id: text,
  workspace: text,
  items: listOrNull(object({
    ...snapshotItem,
    last_seen_run: text,
    relationship,
  })),
});

/** The members of a trace that summaries and incidents need. */
export const traceEvidenceSchema = object({
  schema_id: text,
  created_at: time,
  trace_id: text,
  tool_name: text,
  policy_digest: text,
  verdict: text,
  simulated: v.nullish(v.boolean(), false),
  signature: v.nullish(object({ alg: text, key_id: text, sig: text, signed_digest: text })),
});

/** The members of a regress result that summaries and incidents need. */
export const regressEvidenceSchema = object({
  schema_id: text,
  created_at: time,
  fixture_set: text,
  status: text,
  graders: listOf(object({ name: text, status: text })),
});

export type ApprovalEvidence = v.InferOutput<typeof approvalEvidenceSchema>;
export type CredentialEvidence = v.InferOutput<typeof credentialEvidenceSchema>;
export type InventoryEvidence = v.InferOutput<typeof inventoryEvidenceSchema>;
export type TraceEvidence = v.InferOutput<typeof traceEvidenceSchema>;
export type RegressEvidence = v.InferOutput<typeof regressEvidenceSchema>;

export function encodeApprovalEvidence(record: ApprovalEvidence): JsonObject {
  const entries =
    record.entries?.map((entry) =>
      omitEmpty(entry, "token_id", "approver_identity", "reason_code", "scope", "error_code")
    ) ?? null;
  return omitEmpty({ ...record, relationship: related(record.relationship), entries }, "approvers");
}

export function encodeCredentialEvidence(record: CredentialEvidence): JsonObject {
  return omitEmpty(
    record,
    "reference",
    "scope",
    "ttl_seconds",
    "credential_source",
    "credential_access_type",
    "credential_issuer",
    "credential_subject",
    "credential_owner",
    "target_binding",
    "run_binding",
    "job_binding",
    "request_digest",
  );
}

export function encodeInventoryEvidence(record: InventoryEvidence): JsonObject {
  const items =
    record.items?.map((item) =>
      omitEmpty({ ...item, relationship: related(item.relationship) }, "risk_level", "tags", "last_seen_run")
    ) ?? null;
  return omitEmpty({ ...record, items }, "workspace");
}

function related(given: Relationship | null | undefined): JsonObject | undefined {
  return given ? encodeRelationship(given) : undefined;
}
