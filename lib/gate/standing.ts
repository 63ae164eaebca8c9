import type { Count } from "./limits/count.ts";
import { union } from "./evaluate/union.ts";
import type { Evaluation } from "./evaluate/types.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Where a decision stands between two steps: what the policy said, changed by limits, delegation, approval,
 * credentials and simulation, in this order (spec/gate.md 4.3). Every step takes one and gives the next.
 */
export interface Standing {
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

/** The first standing: what the policy said. */
export function firstStanding(evaluation: Evaluation, approvalRef: string): Standing {
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

/** A standing with more reasons and violations. */
export function withReasons(
  standing: Standing,
  reasonCodes: readonly string[],
  violations: readonly string[] = [],
): Standing {
  return {
    ...standing,
    reasonCodes: union([standing.reasonCodes, reasonCodes]),
    violations: union([standing.violations, violations]),
  };
}

/** A standing that ends in a block. */
export function blocked(standing: Standing, reasonCode: string, violation: string): Standing {
  return { ...withReasons(standing, [reasonCode], [violation]), verdict: "block" };
}
