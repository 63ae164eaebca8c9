import { compact, type JsonObject } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";
import { POLICY_ID, POLICY_VERSION } from "../gate/trace/record.ts";
import type { DecidedCall } from "./decided_call.ts";
import type { WrittenEvidence } from "./evidence.ts";

/** What an answer reports in addition to the decision itself. */
export interface AnswerContext {
  /** Name of the adapter. */
  readonly adapter: string;
  readonly evidence: WrittenEvidence;
  readonly warnings: readonly string[];
  /** The session whose journal records the decision, when it differs from the session of the call. */
  readonly sessionId?: string | undefined;
}

/** Encode the answer about a decision (docs/spec/mcp.md 2.7), members in this order. Nothing was executed. */
export function answerOf(
  decided: DecidedCall,
  { adapter, evidence, warnings, sessionId }: AnswerContext,
): JsonObject {
  const { decision, prepared, runId, latency } = decided;
  const { intent, outcome } = decision;
  const { paths, packId } = evidence;
  return {
    ok: true,
    executed: false,
    ...compact({
      adapter,
      run_id: runId,
      job_id: intent.context.jobId,
      phase: intent.context.phase,
      session_id: sessionId ?? intent.context.sessionId,
      tool_name: intent.toolName,
      verdict: outcome.verdict,
      reason_codes: [...outcome.reasonCodes],
      violations: [...outcome.violations],
      policy_digest: decision.policyDigest,
      policy_id: POLICY_ID,
      policy_version: POLICY_VERSION,
      matched_rule_ids: [...decided.matchedRuleIds],
      intent_digest: decision.intentDigest,
      decision_latency_ms: latency,
      trace_id: decision.traceId,
      trace_path: trim(paths.trace),
      runpack_path: paths.runpack && trim(paths.runpack),
      pack_path: paths.pack,
      pack_id: packId,
      log_export: paths.log && trim(paths.log),
      otel_export: paths.otel && trim(paths.otel),
      mcp_trust: prepared.found().trust,
      kept_records: [...evidence.kept],
      warnings: [...warnings],
    }),
    relationship: decided.relationship,
  };
}
