import { type JsonObject, prettyJson } from "../../formats/json/mod.ts";
import type { Digest } from "../../signing/mod.ts";
import { recordTime } from "../trace/record.ts";
import { encodeRelations, type Relations } from "../trace/relationship.ts";
import type { Intent } from "../intent/types.ts";

/** What every audit record says of the decision that it belongs to. */
export interface AuditFacts {
  readonly traceId: string;
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly policyDigest: Digest;
  readonly producerVersion: string;
}

/** The record of who approved: no token was given, so nobody did (spec/tokens.md 3.11). */
export function approvalAudit(facts: AuditFacts, required: number): Uint8Array<ArrayBuffer> {
  return prettyJson({
    ...head("gait.gate.approval_audit_record", facts),
    required_approvals: required,
    valid_approvals: 0,
    approved: false,
    relationship: encodeRelations(relations(facts)),
    entries: null,
  });
}

/** The record of who delegated: no token was given, so nobody did (spec/tokens.md section 5). */
export function delegationAudit(facts: AuditFacts): Uint8Array<ArrayBuffer> {
  return prettyJson({
    ...head("gait.gate.delegation_audit_record", facts),
    delegation_required: true,
    valid_delegations: 0,
    delegated: false,
    relationship: encodeRelations(relations(facts)),
    entries: [],
  });
}

function head(schemaId: string, facts: AuditFacts): JsonObject {
  return {
    schema_id: schemaId,
    schema_version: "1.0.0",
    created_at: recordTime(facts.intent),
    producer_version: facts.producerVersion,
    trace_id: facts.traceId,
    tool_name: facts.intent.toolName,
    intent_digest: facts.intentDigest,
    policy_digest: facts.policyDigest,
  };
}

/** How an audit stands to its trace (spec/tokens.md 3.12). */
function relations({ traceId, intent, policyDigest }: AuditFacts): Relations {
  const tool = { kind: "tool", id: intent.toolName };
  const policy = { kind: "policy", id: policyDigest };
  return {
    parent: { kind: "trace", id: traceId },
    entities: [{ kind: "trace", id: traceId }, tool, policy],
    policyRef: { policy_digest: policyDigest },
    edges: [{ kind: "governed_by", from: tool, to: policy }],
    parentRecordId: traceId,
  };
}
