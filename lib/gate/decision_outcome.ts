import type { Count } from "./limits/count.ts";
import { union } from "../formats/lists.ts";
import type { Evaluation } from "../evaluate/types.ts";
import type { Verdict } from "../schema/verdict.ts";
import { EXIT } from "../errors/mod.ts";

/**
 * The outcome of a decision so far: the evaluation of the policy, changed by limits, delegation, approval,
 * credentials and simulation, in this order (docs/spec/gate.md 4.3). Every step takes an outcome and returns the next
 * one.
 */
export interface DecisionOutcome {
  readonly verdict: Verdict;
  /** Unique and sorted; so are violations. */
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  readonly rateLimit?: Count;
  readonly destructiveBudget?: Count;
  /** Number of approvals that the rules demand, whatever the later steps decide. */
  readonly requiredApprovals: number;
  readonly validApprovals: number;
  readonly approvalRef: string | undefined;
  readonly delegationRequired: boolean;
  readonly validDelegations: number;
  readonly delegationRef: string | undefined;
  readonly simulated?: Simulated;
}

/** What would have been decided without `--simulate`. */
export interface Simulated {
  readonly verdict: Verdict;
  readonly reasonCodes: readonly string[];
  readonly wouldHaveBlocked: boolean;
}

/** The first outcome: the evaluation of the policy. */
export function firstOutcome(evaluation: Evaluation, approvalRef: string | undefined): DecisionOutcome {
  return {
    verdict: evaluation.verdict,
    reasonCodes: evaluation.reasonCodes,
    violations: evaluation.violations,
    requiredApprovals: evaluation.minApprovals,
    validApprovals: 0,
    approvalRef,
    delegationRequired: evaluation.requireDelegation,
    validDelegations: 0,
    delegationRef: undefined,
  };
}

/** An outcome with more reasons and violations. */
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

/** An outcome that is a block. */
export function blocked(outcome: DecisionOutcome, reasonCode: string, violation: string): DecisionOutcome {
  return { ...withReasons(outcome, [reasonCode], [violation]), verdict: "block" };
}

/** The reason code of every decision of a gate that only simulates. */
export const SIMULATED = "simulate_mode_non_enforcing";

/**
 * The simulation step: report what would have been decided, and let everything pass (docs/spec/gate.md 4.3, item 12).
 * The reason codes, which the signed trace includes, say that it was a simulation.
 */
export function simulate(outcome: DecisionOutcome): DecisionOutcome {
  const { verdict, reasonCodes } = outcome;
  const wouldHaveBlocked = verdict === "block" || verdict === "require_approval";
  const simulated = { verdict, reasonCodes, wouldHaveBlocked };
  const marked = withReasons(outcome, [SIMULATED]);
  if (!wouldHaveBlocked) return { ...marked, simulated };
  return {
    ...withReasons(marked, [`simulated_${verdict}`]),
    verdict: "allow",
    violations: [],
    simulated,
  };
}

/** The statuses of a decision: go on, blocked by policy, approval needed. */
export type VerdictExit = typeof EXIT.ok | typeof EXIT.policyBlocked | typeof EXIT.approvalRequired;

/** The status of a verdict (docs/spec/gate.md 4.3, item 13). */
export function exitOfVerdict(verdict: Verdict): VerdictExit {
  switch (verdict) {
    case "allow":
    case "dry_run":
      return EXIT.ok;
    case "require_approval":
      return EXIT.approvalRequired;
    case "block":
      return EXIT.policyBlocked;
  }
}
