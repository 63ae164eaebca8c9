import { compareBytewise } from "../formats/bytes.ts";
import { compact, type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { toUtc } from "../formats/time.ts";
import type { Digest } from "../signing/mod.ts";
import type { Intent } from "../intent/types.ts";
import type { DecisionOutcome } from "./decision_outcome.ts";
import { set, trim } from "../formats/text.ts";
import { recordTime } from "./trace/record.ts";
import {
  type AgentRole,
  type Edge,
  encodeRelations,
  type Node,
  type Relations,
} from "./trace/relationship.ts";
import type { DelegationEntry, DelegationProof } from "../tokens/prove_delegation.ts";
import { type CheckedApproval, validTokens } from "../tokens/trust.ts";
import type { Credential, CredentialDemand } from "./broker/credential.ts";

/** Facts of a decision that all its audit records share. */
export interface AuditFacts {
  readonly traceId: string;
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly policyDigest: Digest;
  readonly producerVersion: string;
}

/** The record of who approved (docs/spec/tokens.md 3.11). */
export function approvalAudit(
  facts: AuditFacts,
  { requiredApprovals, validApprovals }: DecisionOutcome,
  checked: readonly CheckedApproval[],
): JsonObject {
  const approvers = set(validTokens(checked).map((token) => token.approver));
  return {
    ...head("gait.gate.approval_audit_record", facts),
    required_approvals: requiredApprovals,
    valid_approvals: validApprovals,
    approved: validApprovals >= requiredApprovals,
    ...compact({ approvers }),
    relationship: encodeRelations(relations(facts, { entities: approvers.map(agent) })),
    // Readers take `null` for "no token was given".
    entries: checked.length === 0 ? null : checked.toSorted(compareChecked).map(encodeApproval),
  };
}

function encodeApproval({ token, code }: CheckedApproval): JsonObject {
  return {
    ...compact({
      token_id: token.tokenId,
      approver_identity: token.approver,
      reason_code: token.reasonCode,
      scope: [...token.writtenScope],
    }),
    expires_at: toUtc(token.expiresAt),
    valid: code === undefined,
    ...compact({ error_code: code }),
  };
}

function compareChecked({ token: a }: CheckedApproval, { token: b }: CheckedApproval): number {
  return compareBytewise(a.tokenId, b.tokenId) || compareBytewise(a.approver, b.approver) ||
    compareBytewise(a.reasonCode, b.reasonCode) ||
    compareBytewise(toUtc(a.expiresAt), toUtc(b.expiresAt)) ||
    compareBytewise(a.writtenScope.join(","), b.writtenScope.join(","));
}

/** The record of who delegated (docs/spec/tokens.md section 5). */
export function delegationAudit(
  facts: AuditFacts,
  { validDelegations, delegationRef }: DecisionOutcome,
  proof: DelegationProof | undefined,
): JsonObject {
  const entries = proof?.entries ?? [];
  return {
    ...head("gait.gate.delegation_audit_record", facts),
    delegation_required: true,
    valid_delegations: validDelegations,
    delegated: validDelegations > 0,
    ...compact({ delegation_ref: delegationRef }),
    relationship: encodeRelations(relations(facts, delegationRelations(entries))),
    entries: entries.map(encodeDelegation),
  };
}

function encodeDelegation(entry: DelegationEntry): JsonObject {
  return {
    ...compact({
      token_id: entry.tokenId,
      delegator_identity: entry.delegator,
      delegate_identity: entry.delegate,
      scope: [...entry.scope],
    }),
    expires_at: toUtc(entry.expiresAt),
    valid: entry.valid,
    ...compact({ error_code: entry.errorCode }),
  };
}

/** Includes invalid entries: the record shows who claimed what. */
function delegationRelations(entries: readonly DelegationEntry[]) {
  const ends = entries.map(({ delegator, delegate }) => [trim(delegator), trim(delegate)] as const);
  const agents: AgentRole[] = ends.flatMap(([delegator, delegate]) => [
    { identity: delegator, role: "delegator" },
    { identity: delegate, role: "delegate" },
  ]).filter(({ identity }) => identity !== "");
  const edges: Edge[] = ends.map(([delegator, delegate]) => ({
    kind: "delegates_to",
    from: agent(delegator),
    to: agent(delegate),
  }));
  return { entities: agents.map(({ identity }) => agent(identity)), agents, edges };
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

/** The relationship of an audit record to its trace (docs/spec/tokens.md 3.12). */
function relations(
  { traceId, intent, policyDigest }: AuditFacts,
  { entities = [], agents = [], edges = [] }: {
    entities?: readonly Node[];
    agents?: readonly AgentRole[];
    edges?: readonly Edge[];
  },
): Relations {
  const tool = { kind: "tool", id: intent.toolName };
  const policy = { kind: "policy", id: policyDigest };
  return {
    parent: { kind: "trace", id: traceId },
    entities: [{ kind: "trace", id: traceId }, tool, policy, ...entities],
    policyRef: { policy_digest: policyDigest },
    agents,
    edges: [{ kind: "governed_by", from: tool, to: policy }, ...edges],
    parentRecordId: traceId,
  };
}

function agent(id: string): Node {
  return { kind: "agent", id };
}

/** The record that a credential was issued for a call, never the credential (docs/spec/tokens.md 6.4). */
export function credentialRecord(
  { traceId, intent, producerVersion }: AuditFacts,
  credential: Credential,
  { reference, scope }: CredentialDemand,
): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: "gait.gate.broker_credential_record",
    schema_version: "1.0.0",
    created_at: recordTime(intent),
    producer_version: producerVersion,
    trace_id: traceId,
    tool_name: intent.toolName,
    identity: intent.context.identity,
    broker: credential.issuer,
    ...compact({ reference, scope: [...scope] }),
    credential_ref: credential.ref,
    issued_at: credential.issuedAt,
    expires_at: credential.expiresAt,
    ...compact({ ttl_seconds: credential.ttlSeconds }),
  });
}
