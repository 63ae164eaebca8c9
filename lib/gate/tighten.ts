import type { Evaluation } from "../evaluate/types.ts";
import { union } from "../formats/lists.ts";
import type { Verdict } from "../schema/verdict.ts";

/** What makes a verdict stricter, and why. */
export interface Tightening {
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** The least strict verdict that is left; absent when the one of the policy stays. */
  readonly verdict?: Verdict;
}

const STRICTNESS: Readonly<Record<Verdict, number>> = { allow: 0, dry_run: 1, require_approval: 2, block: 3 };

/**
 * What a policy said of a call, made stricter.
 *
 * INVARIANT: the verdict never becomes weaker, whatever is asked for, and what demands an approval demands at least one.
 */
export function tightened(
  evaluation: Evaluation,
  { reasonCodes, violations, verdict = evaluation.verdict }: Tightening,
): Evaluation {
  const stricter = STRICTNESS[verdict] > STRICTNESS[evaluation.verdict] ? verdict : evaluation.verdict;
  return {
    ...evaluation,
    verdict: stricter,
    reasonCodes: union([evaluation.reasonCodes, reasonCodes]),
    violations: union([evaluation.violations, violations]),
    minApprovals: stricter === "require_approval"
      ? Math.max(1, evaluation.minApprovals)
      : evaluation.minApprovals,
  };
}
