import type { Count } from "./limits/count.ts";
import { union } from "../evaluate/union.ts";
import type { Evaluation } from "../evaluate/types.ts";
import type { Verdict } from "../schema/verdict.ts";

/**
 * Where a decision stands between two steps: what the policy said, changed by limits, delegation, approval,
 * credentials and simulation, in this order (docs/spec/gate.md 4.3). Every step takes one and gives the next.
 */
export interface DecisionOutcome {
  readonly verdict: Verdict;
  /** Unique and sorted; so are violations. */
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  readonly rateLimit?: Count;
  readonly destructiveBudget?: Count;
  /** Approvals that the outcome of the rules demands, whatever became of the verdict. */
  readonly requiredApprovals: number;
  readonly validApprovals: number;
  readonly approvalRef: string;
  readonly delegationRequired: boolean;
  readonly validDelegations: number;
  readonly delegationRef: string;
  readonly simulated?: Simulated;
}

/** What would have been decided without `--simulate`. */
export interface Simulated {
  readonly verdict: Verdict;
  readonly reasonCodes: readonly string[];
  readonly wouldHaveBlocked: boolean;
}

/** The first outcome: what the policy said. */
export function firstOutcome(evaluation: Evaluation, approvalRef: string): DecisionOutcome {
  return {
    verdict: evaluation.verdict,
    reasonCodes: evaluation.reasonCodes,
    violations: evaluation.violations,
    requiredApprovals: evaluation.minApprovals,
    validApprovals: 0,
    approvalRef,
    delegationRequired: evaluation.requireDelegation,
    validDelegations: 0,
    delegationRef: "",
  };
}

/** A outcome with more reasons and violations. */
export function withReasons(
  outcome: DecisionOutcome,
  reasonCodes: readonly string[],
  violations: readonly string[] = [],
): DecisionOutcome {
  return {
    ...outcome,
    reasonCodes: union([outcome.reasonCodes, reasonCodes]),
    violations: union([outcome.violations, violations]),
  };
}

/** A outcome that ends in a block. */
export function blocked(outcome: DecisionOutcome, reasonCode: string, violation: string): DecisionOutcome {
  return { ...withReasons(outcome, [reasonCode], [violation]), verdict: "block" };
}
