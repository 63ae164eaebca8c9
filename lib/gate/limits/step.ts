import type { Files } from "../../effects/types.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { isDestructiveCall } from "../../intent/effects.ts";
import type { Intent } from "../../intent/types.ts";
import { blocked, type DecisionOutcome } from "../decision_outcome.ts";
import { chargeLimits } from "./charge.ts";
import { budgetToolName, type Charge } from "./count.ts";

/**
 * The step of limits: count the call against the rate limit and, when it destroys, against the destructive
 * budget; beyond one of them it is blocked (docs/spec/gate.md 4.4). It counts whatever the verdict is.
 *
 * @throws {GaitError} as {@linkcode chargeLimits} does
 */
export async function applyLimits(
  outcome: DecisionOutcome,
  intent: Intent,
  { rateLimit, destructiveBudget }: Evaluation,
  { files, now, path }: { files: Files; now: () => number; path: string },
): Promise<DecisionOutcome> {
  const charge = (limit: Charge["limit"], toolName: string): Charge => ({
    limit,
    toolName,
    identity: intent.context.identity,
  });
  const rate = rateLimit && charge(rateLimit, intent.toolName);
  const budget = destructiveBudget && isDestructiveCall(intent)
    ? charge(destructiveBudget, budgetToolName(intent.toolName, intent.script !== undefined))
    : undefined;
  const counts = await chargeLimits(files, path, [rate, budget].filter((asked) => asked !== undefined), now);

  let next = outcome;
  const rateCount = rate && counts.shift();
  const budgetCount = budget && counts.shift();
  if (rateCount) next = { ...next, rateLimit: rateCount };
  if (budgetCount) next = { ...next, destructiveBudget: budgetCount };
  if (rateCount?.refused) next = blocked(next, "rate_limit_exceeded", "rate_limit_exceeded");
  if (budgetCount?.refused) {
    next = blocked(next, "destructive_budget_exceeded", "destructive_budget_exceeded");
  }
  return next;
}
