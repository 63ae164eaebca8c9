import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import type { RecordVisitor } from "../pack/scan_records.ts";

/** Metrics of the results of a run (docs/spec/pack.md 7.1). */
export interface Metrics {
  readonly toolCalls: number;
  readonly succeeded: number;
  /** Ratio of successes to all results; 0 if there are none. */
  readonly successRate: number;
  readonly policyBlocked: number;
  readonly approvalRequired: number;
  readonly regressFailures: number;
}

export const NO_METRICS: Metrics = {
  toolCalls: 0,
  succeeded: 0,
  successRate: 0,
  policyBlocked: 0,
  approvalRequired: 0,
  regressFailures: 0,
};

const NEEDS_APPROVAL = ["require_approval", "approval_required", "needs_approval", "needsapproval"];
const FAILED = ["fail", "failed", "regress_failed"];

/** Counts results one at a time. */
export interface MetricsCounter {
  readonly visitor: RecordVisitor;
  readonly total: () => Metrics;
}

/** Count the results of a run; a run without results counts its intents (docs/spec/pack.md 7.1). */
export function countMetrics(): MetricsCounter {
  let [intents, results, succeeded, policyBlocked, approvalRequired, regressFailures] = [0, 0, 0, 0, 0, 0];
  return {
    visitor: {
      intent: () => void intents++,
      result({ status, result }) {
        results++;
        if (status.trim().toLowerCase() === "ok") succeeded++;
        const verdict = word(result?.verdict);
        if (verdict === "block") policyBlocked++;
        if (NEEDS_APPROVAL.includes(verdict)) approvalRequired++;
        if (result && isRegressFailure(result)) regressFailures++;
      },
    },
    total() {
      const toolCalls = results > 0 ? results : intents;
      const successRate = toolCalls === 0 ? 0 : succeeded / toolCalls;
      return { toolCalls, succeeded, successRate, policyBlocked, approvalRequired, regressFailures };
    },
  };
}

function isRegressFailure(result: JsonObject): boolean {
  const counted = [result.regress_failures, result.failed];
  const named = [result.regress_status, result.status, result.result_status];
  const codes = Array.isArray(result.reason_codes) ? result.reason_codes : [];
  return counted.some((value) => typeof value === "number" && Math.trunc(value) > 0) ||
    named.some((value) => FAILED.includes(word(value))) ||
    [...codes, result.reason, result.failure_reason].some((value) => reportsRegression(word(value)));
}

function reportsRegression(reason: string): boolean {
  return reason.includes("regress") && (reason.includes("fail") || reason.includes("drift"));
}

function word(value: JsonValue | undefined): string {
  return typeof value === "string" ? value.trim().toLowerCase() : "";
}
