import { compact, type JsonObject, prettyJson } from "../../formats/json/mod.ts";
import { EPOCH_1980, isZeroTime, type Rfc3339, toUtc } from "../../formats/time.ts";
import {
  type Digest,
  type Hasher,
  type PrivateKey,
  sha256,
  signBytes,
  signDocument,
  type Signer,
} from "../../signing/mod.ts";
import type { StepEvaluation } from "../../evaluate/types.ts";
import { encodeSkill } from "../../intent/encode.ts";
import type { Delegation, Intent } from "../../intent/types.ts";
import { set } from "../../formats/text.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { agentChain, delegationEdges, encodeRelations } from "./relationship.ts";

/** Id and version of every policy in traces. */
export const POLICY_ID = "gait.gate.policy";
export const POLICY_VERSION = "1.0.0";

/** The context of an intent, with its verified sources. */
export interface ContextFacts {
  readonly setDigest: string;
  readonly evidenceMode: string;
  readonly refCount: number;
  readonly source: string;
}

/** The facts of a decision that its trace records. */
export interface TraceFacts {
  /** The intent as it was digested. */
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly policyDigest: Digest;
  /** Digest of the delegation of the intent. */
  readonly bindingDigest: Digest | undefined;
  readonly verdict: Verdict;
  readonly violations: readonly string[];
  readonly reasonCodes: readonly string[];
  readonly context: ContextFacts;
  /** Set for scripts whose steps were evaluated. */
  readonly script?: { readonly compositeRiskClass: string; readonly steps: readonly StepEvaluation[] };
  readonly patternId: string | undefined;
  readonly registryReason: string | undefined;
  readonly approvalRef: string | undefined;
  readonly delegationRef: string | undefined;
  readonly createdAt: Rfc3339;
  readonly observedAt: Rfc3339;
  readonly latency: number;
  readonly correlationId: string | undefined;
  /** Ids of the audits of the decision. */
  readonly auditIds?: readonly string[];
  /** Members that say what else spoke where the call arrived. */
  readonly boundary?: JsonObject;
  readonly producerVersion: string;
}

/** Id of a decision: the same policy, intent and verdict always give the same one (docs/spec/gate.md 5.1). */
export async function traceIdOf(
  policy: Digest,
  intent: Digest,
  verdict: Verdict,
  hash: Hasher = sha256,
): Promise<string> {
  return await shortId(`${policy}:${intent}:${verdict}`, hash);
}

/** `created_at` of the records of a decision: the time of the intent, else 1980. */
export function recordTime({ createdAt }: Intent): Rfc3339 {
  return isZeroTime(createdAt) ? EPOCH_1980 : toUtc(createdAt);
}

/** A signed trace, and members of it that other records of the decision repeat. */
export interface SignedTrace {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly relationship: JsonObject;
  readonly matchedRuleIds: readonly string[];
}

/**
 * The signed trace file of a decision (docs/spec/gate.md section 5).
 *
 * The same facts and the same key always give the same bytes.
 */
export async function signTrace(
  traceId: string,
  facts: TraceFacts,
  key: PrivateKey,
  hash: Hasher = sha256,
  sign: Signer = signBytes,
): Promise<SignedTrace> {
  const matchedRuleIds = set((facts.script?.steps ?? []).flatMap((step) => step.matchedRule.split(",")));
  const relationship = relationshipOf(traceId, facts, matchedRuleIds);
  const record = await encodeTrace(traceId, facts, { relationship, matchedRuleIds }, hash);
  return {
    content: prettyJson({ ...record, signature: { ...await signDocument(record, key, hash, sign) } }),
    relationship,
    matchedRuleIds,
  };
}

async function encodeTrace(
  traceId: string,
  facts: TraceFacts,
  { relationship, matchedRuleIds }: Omit<SignedTrace, "content">,
  hash: Hasher,
): Promise<JsonObject> {
  const { intent, context, script } = facts;
  const isScript = intent.script !== undefined;
  return {
    schema_id: "gait.gate.trace",
    schema_version: "1.0.0",
    created_at: facts.createdAt,
    observed_at: facts.observedAt,
    producer_version: facts.producerVersion,
    trace_id: traceId,
    event_id: await shortId(`${traceId}:${facts.observedAt}`, hash),
    ...compact({ correlation_id: facts.correlationId }),
    tool_name: intent.toolName,
    args_digest: intent.argsDigest,
    intent_digest: facts.intentDigest,
    policy_digest: facts.policyDigest,
    policy_id: POLICY_ID,
    policy_version: POLICY_VERSION,
    ...compact({ matched_rule_ids: [...matchedRuleIds] }),
    verdict: facts.verdict,
    ...compact({
      context_set_digest: context.setDigest,
      context_evidence_mode: context.evidenceMode,
      context_ref_count: context.refCount,
      context_source: context.source,
      script: isScript,
      step_count: intent.script?.steps.length,
      script_hash: intent.script?.hash,
      composite_risk_class: script?.compositeRiskClass,
      step_verdicts: script?.steps.map(encodeStep),
      pre_approved: facts.patternId !== undefined,
      pattern_id: facts.patternId,
      registry_reason: facts.registryReason,
      violations: [...facts.violations],
      latency_ms: facts.latency,
      approval_token_ref: facts.approvalRef,
      delegation_ref: intent.delegation && encodeDelegationRef(intent.delegation, facts),
      relationship,
      skill_provenance: intent.skill && encodeSkill(intent.skill),
    }),
    ...facts.boundary,
  };
}

/** A step of a script in traces and in output. */
export function encodeStep(step: StepEvaluation): JsonObject {
  return {
    index: step.index,
    tool_name: step.toolName,
    verdict: step.verdict,
    ...compact({
      reason_codes: [...step.reasonCodes],
      violations: [...step.violations],
      matched_rule: step.matchedRule,
    }),
  };
}

function encodeDelegationRef(delegation: Delegation, facts: TraceFacts): JsonObject {
  return {
    ...compact({ delegation_token_ref: facts.delegationRef || delegation.tokenRefs[0] }),
    requester_identity: delegation.requesterIdentity,
    ...compact({ delegation_depth: delegation.chain.length, scope_class: delegation.scopeClass }),
    chain_digest: facts.bindingDigest!,
    ...compact({ reason_codes: facts.reasonCodes.filter((code) => code.startsWith("delegation_")) }),
  };
}

function relationshipOf(traceId: string, facts: TraceFacts, ruleIds: string[]): JsonObject {
  const { intent, policyDigest } = facts;
  const tool = { kind: "tool", id: intent.toolName };
  const agent = { kind: "agent", id: intent.context.identity };
  const policy = { kind: "policy", id: policyDigest };
  return encodeRelations({
    parent: { kind: "session", id: intent.context.sessionId },
    entities: [{ kind: "trace", id: traceId }, tool, agent, policy],
    policyRef: {
      policy_id: POLICY_ID,
      policy_version: POLICY_VERSION,
      policy_digest: policyDigest,
      ...compact({ matched_rule_ids: ruleIds }),
    },
    agents: agentChain(intent.context.identity, intent.delegation),
    edges: [
      { kind: "calls", from: agent, to: tool },
      { kind: "governed_by", from: tool, to: policy },
      ...delegationEdges(intent.delegation),
    ],
    relatedRecordIds: facts.auditIds ?? [],
  });
}

/** The first 12 bytes of the digest of a text, in hex. */
async function shortId(text: string, hash: Hasher): Promise<string> {
  return (await hash(text)).slice(0, 24);
}
