import type { JsonObject } from "../formats/json/mod.ts";
import type { Decision } from "../gate/decide.ts";
import type { PreparedCall } from "./prepare_call.ts";
import { runIdOf } from "./run_id.ts";

/** A decided call, with everything that its records and its answer contain. */
export interface DecidedCall {
  readonly prepared: PreparedCall;
  readonly decision: Decision;
  readonly runId: string;
  /** Duration of the decision in whole milliseconds. */
  readonly latency: number;
  /** The relationship of the signed trace. */
  readonly relationship: JsonObject;
  /** Ids of the rules that the steps of a script matched. */
  readonly matchedRuleIds: readonly string[];
}

/**
 * Combine a prepared call with its decision. Relationship and rule ids are those of the signed trace, so that all other
 * records agree with it.
 */
export function decidedCall(
  prepared: PreparedCall,
  decision: Decision,
  asked: { readonly runId: string; readonly latency: number },
): DecidedCall {
  return {
    prepared,
    decision,
    runId: runIdOf(asked.runId, prepared.call.context.runId, prepared.rawIntent),
    latency: Math.max(0, Math.round(asked.latency)),
    relationship: decision.relationship ?? {},
    matchedRuleIds: decision.matchedRuleIds ?? [],
  };
}
