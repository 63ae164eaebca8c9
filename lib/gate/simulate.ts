import { type DecisionOutcome, withReasons } from "./decision_outcome.ts";

/**
 * The step of simulation: say what would have been decided, and let everything pass (docs/spec/gate.md 4.3, item 12).
 * Whoever simulates is told so in the reasons, and in the signed trace by its verdict.
 */
export function simulate(outcome: DecisionOutcome): DecisionOutcome {
  const { verdict, reasonCodes } = outcome;
  const wouldHaveBlocked = verdict === "block" || verdict === "require_approval";
  const simulated = { verdict, reasonCodes, wouldHaveBlocked };
  const marked = withReasons(outcome, ["simulate_mode_non_enforcing"]);
  if (!wouldHaveBlocked) return { ...marked, simulated };
  return {
    ...withReasons(marked, [`simulated_${verdict}`]),
    verdict: "allow",
    violations: [],
    simulated,
  };
}
