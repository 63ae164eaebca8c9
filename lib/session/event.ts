import { uniqueSorted } from "../formats/bytes.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { type AgentRole, encodeRelations, type Node, type Relations } from "../gate/trace/relationship.ts";
import type { Relationship } from "../schema/relationship.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { EVENT_SCHEMA_ID, type SessionEvent, type SessionState } from "../schema/session_journal.ts";
import { isHexDigest } from "../signing/mod.ts";

/** The verdicts that a session records. */
export const SESSION_VERDICTS = ["allow", "block", "dry_run", "require_approval"] as const;
export type SessionVerdict = typeof SESSION_VERDICTS[number];

/** A decision as the caller describes it. */
export interface EventInput {
  readonly toolName: string;
  readonly verdict: SessionVerdict;
  readonly intentId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly tracePath?: string | undefined;
  readonly intentDigest?: string | undefined;
  readonly policyDigest?: string | undefined;
  readonly reasonCodes?: readonly string[] | undefined;
  readonly violations?: readonly string[] | undefined;
  /** Name and version of the policy, where whoever decided knows them. */
  readonly policyId?: string | undefined;
  readonly policyVersion?: string | undefined;
  readonly matchedRuleIds?: readonly string[] | undefined;
  /** Who acts in whose name, and who of them calls. */
  readonly agents?: readonly AgentRole[] | undefined;
  readonly callingAgent?: string | undefined;
  /** What the job promises to keep that the call belongs to. */
  readonly safetyInvariant?: { readonly version: string; readonly hash: string } | undefined;
}

/** The next event of a session (docs/spec/sessions.md 2.2). */
export function nextEvent(
  input: EventInput,
  state: SessionState,
  { now, version }: { readonly now: Rfc3339; readonly version: string },
): SessionEvent {
  const text = (value: string | undefined) => (value ?? "").trim();
  const event: SessionEvent = {
    schema_id: EVENT_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: now,
    producer_version: version,
    session_id: state.session_id,
    run_id: state.run_id,
    // After a compaction the last event may be gone, but its sequence number must not be reused.
    sequence: Math.max(state.last_sequence, state.last_checkpoint_sequence) + 1,
    intent_id: text(input.intentId),
    tool_name: text(input.toolName),
    intent_digest: text(input.intentDigest).toLowerCase(),
    policy_digest: text(input.policyDigest).toLowerCase(),
    policy_id: text(input.policyId),
    policy_version: text(input.policyVersion),
    matched_rule_ids: uniqueSorted(input.matchedRuleIds ?? []),
    trace_id: text(input.traceId),
    trace_path: text(input.tracePath),
    verdict: input.verdict,
    reason_codes: uniqueSorted(input.reasonCodes ?? []),
    violations: uniqueSorted(input.violations ?? []),
    relationship: undefined,
    safety_invariant_version: text(input.safetyInvariant?.version),
    safety_invariant_hash: text(input.safetyInvariant?.hash),
  };
  return { ...event, relationship: relationshipOf(event, input) };
}

/** Implausible values of an event. They are only warnings: a journal records what the caller reports. */
export function eventWarnings(event: SessionEvent): string[] {
  const digests = { intent_digest: event.intent_digest, policy_digest: event.policy_digest };
  return Object.entries(digests)
    .filter(([, value]) => value !== "" && !isHexDigest(value))
    .map(([name]) => `${name} is not a SHA-256 digest in hex`);
}

function relationshipOf(event: SessionEvent, { agents, callingAgent = "" }: EventInput): Relationship {
  const tool = { kind: "tool", id: event.tool_name };
  const policy = { kind: "policy", id: event.policy_digest };
  return relationshipFrom({
    parent: { kind: "session", id: event.session_id },
    entities: [{ kind: "run", id: event.run_id }, tool, { kind: "trace", id: event.trace_id }, policy],
    policyRef: event.policy_digest === "" ? {} : {
      ...(event.policy_id === "" ? {} : { policy_id: event.policy_id, policy_version: event.policy_version }),
      policy_digest: event.policy_digest,
      ...(event.matched_rule_ids.length === 0 ? {} : { matched_rule_ids: event.matched_rule_ids }),
    },
    ...(agents ? { agents } : {}),
    edges: [
      { kind: "calls", from: { kind: "agent", id: callingAgent.trim() }, to: tool },
      { kind: "governed_by", from: tool, to: policy },
    ],
    parentRecordId: event.session_id,
  });
}

/**
 * A relationship as a record holds it, without an unknown policy. It is made as {@linkcode relationshipSchema} reads it,
 * because reading it back costs a quarter of an event.
 */
export function relationshipFrom(relations: Relations): Relationship {
  const { policy_ref, agent_chain = [], parent_record_id = "", ...encoded } = encodeRelations(relations);
  return {
    parent_ref: encoded.parent_ref,
    entity_refs: encoded.entity_refs,
    policy_ref: Object.keys(policy_ref).length === 0 ? null : { ...NO_POLICY, ...policy_ref },
    agent_chain,
    edges: encoded.edges,
    parent_record_id,
    related_record_ids: [],
    related_entity_ids: encoded.related_entity_ids,
    agent_lineage: [],
  };
}

const NO_POLICY = { policy_id: "", policy_version: "", policy_digest: "", matched_rule_ids: [] };

/** A node of evidence. */
export function evidence(id: string): Node {
  return { kind: "evidence", id };
}
