import type { JsonObject } from "../formats/json/mod.ts";
import type { Decision } from "../gate/decide.ts";
import type { PreparedCall } from "./prepare_call.ts";
import { runIdOf } from "./run_id.ts";

/** A decided call, with all that its records and its answer are made of. */
export interface DecidedCall {
  readonly prepared: PreparedCall;
  readonly decision: Decision;
  readonly runId: string;
  /** Whole milliseconds that deciding took. */
  readonly latency: number;
  /** What the signed trace ties the decision to. */
  readonly relationship: JsonObject;
  /** Rules that steps of a script matched. */
  readonly matchedRuleIds: readonly string[];
}

/** Put together what was decided. The trace says it, so whatever else tells of it says the same. */
export function decidedCall(
  prepared: PreparedCall,
  decision: Decision,
  asked: { readonly runId: string; readonly latency: number },
): DecidedCall {
  const trace: JsonObject = decision.trace ? JSON.parse(new TextDecoder().decode(decision.trace)) : {};
  return {
    prepared,
    decision,
    runId: runIdOf(asked.runId, prepared.call.context.runId, prepared.rawIntent),
    latency: Math.max(0, Math.round(asked.latency)),
    relationship: trace.relationship as JsonObject ?? {},
    matchedRuleIds: trace.matched_rule_ids as string[] ?? [],
  };
}
