import type { Limit, Rule } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";

/** Budgets whose counter a rate limit counts on too (spec/gate.md 4.4; weak spot 14). */
export function findSharedCounters({ policy }: Subject): Found[] {
  const limited = new Map<Limit["window"], Rule>();
  for (const rule of policy.rules) {
    const { rateLimit } = rule;
    if (rateLimit?.scope === "identity" && !limited.has(rateLimit.window)) {
      limited.set(rateLimit.window, rule);
    }
  }
  return policy.rules.flatMap((rule, number): Found[] => {
    const budget = rule.destructiveBudget;
    if (budget?.scope !== "identity") return [];
    const own = rule.rateLimit?.scope === "identity" && rule.rateLimit.window === budget.window;
    const other = own ? rule : limited.get(budget.window);
    if (!other) return [];
    return [{
      id: "shared-counter",
      message: `The budget counts on the counter of the rate limit of ` +
        (own ? "this rule" : `"${other.name}"`) + `: identity, by the ${budget.window}`,
      rule: number,
      path: ["destructive_budget"],
    }];
  });
}
