import * as v from "valibot";
import { anyObject, integer, listOf, object, text, texts, time } from "./fields.ts";
import { relationshipSchema } from "./relationship.ts";
import { signatureSchema } from "./runpack_manifest.ts";

const flag = v.nullish(v.boolean(), false);

/** The whole record of a decision (docs/spec/gate.md section 5), for those who look at more than its signature. */
export const traceRecordSchema = object({
  schema_id: text,
  schema_version: text,
  created_at: time,
  observed_at: time,
  producer_version: text,
  trace_id: text,
  event_id: text,
  correlation_id: text,
  tool_name: text,
  args_digest: text,
  intent_digest: text,
  policy_digest: text,
  policy_id: text,
  policy_version: text,
  matched_rule_ids: texts,
  verdict: text,
  context_set_digest: text,
  context_evidence_mode: text,
  context_ref_count: integer,
  context_source: text,
  script: flag,
  step_count: integer,
  script_hash: text,
  composite_risk_class: text,
  step_verdicts: listOf(anyObject),
  pre_approved: flag,
  pattern_id: text,
  registry_reason: text,
  violations: texts,
  latency_ms: v.nullish(v.number(), 0),
  approval_token_ref: text,
  delegation_ref: anyObject,
  simulated: flag,
  relationship: v.nullish(relationshipSchema),
  skill_provenance: anyObject,
  signature: v.nullish(signatureSchema),
});

export type TraceRecord = v.InferOutput<typeof traceRecordSchema>;

/**
 * The verdict that a trace counts as: a simulation allows nothing (docs/spec/gate.md 5.1), so its `allow` counts as
 * `dry_run` with whoever acts on traces or reports them.
 */
export function verdictThatCounts<V extends string>(
  { verdict, simulated }: { readonly verdict: V; readonly simulated?: boolean | undefined },
): V | "dry_run" {
  return simulated && verdict === "allow" ? "dry_run" : verdict;
}

export const TRACE_SCHEMA_ID = "gait.gate.trace";
