import type { Limit, Rule } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";

/** A limit where it stands. */
interface PlacedLimit {
  readonly rule: number;
  readonly kind: "rate_limit" | "destructive_budget";
  readonly limit: Limit;
}

/** Limits that count under the key of an earlier one (docs/spec/gate.md 4.4; weak spot 14). */
export function findSharedCounters({ policy: { rules } }: Subject): Found[] {
  const limits = rules.flatMap((rule, number): PlacedLimit[] => [
    ...(rule.rateLimit ? [{ rule: number, kind: "rate_limit" as const, limit: rule.rateLimit }] : []),
    ...(rule.destructiveBudget
      ? [{ rule: number, kind: "destructive_budget" as const, limit: rule.destructiveBudget }]
      : []),
  ]);
  return limits.flatMap((own, i): Found[] => {
    // Within a rule the budget is the one that suffers; across rules it is named beside any limit of the others.
    const others = limits.filter((other, at) =>
      other !== own && (at < i || own.kind === "destructive_budget")
    );
    const found = others.find((other) =>
      shareCounter(own, other, rules) && !isNamedThere(other, own, i, limits)
    );
    if (!found) return [];
    const where = found.rule === own.rule ? "this rule" : `"${rules[found.rule]!.name}"`;
    return [{
      id: "shared-counter",
      message: `The ${NAMES[own.kind]} counts on the counter of the ${NAMES[found.kind]} of ${where}: ` +
        `${own.limit.scope}, by the ${own.limit.window}`,
      rule: own.rule,
      path: [own.kind],
    }];
  });
}

const NAMES = { rate_limit: "rate limit", destructive_budget: "budget" } as const;

/** Whether the other of two budgets reports the pair already: one finding for each is enough. */
function isNamedThere(
  other: PlacedLimit,
  own: PlacedLimit,
  i: number,
  limits: readonly PlacedLimit[],
): boolean {
  return other.kind === own.kind && limits.indexOf(other) > i;
}

/** The key of a counter is the window, the scope and who calls; a budget by tool has a name of its own. */
function shareCounter(a: PlacedLimit, b: PlacedLimit, rules: readonly Rule[]): boolean {
  if (a.limit.window !== b.limit.window || a.limit.scope !== b.limit.scope) return false;
  if (a.limit.scope === "identity") return true;
  return a.kind === b.kind && canMatchOneTool(rules[a.rule]!, rules[b.rule]!);
}

function canMatchOneTool(a: Rule, b: Rule): boolean {
  const [left, right] = [a.match.toolNames, b.match.toolNames];
  return left.length === 0 || right.length === 0 || left.some((tool) => right.includes(tool));
}
