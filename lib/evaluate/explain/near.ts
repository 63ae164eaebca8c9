import { combine } from "../combine.ts";
import type { CompiledPolicy, CompiledRule } from "../compile.ts";
import type { Facts } from "../facts.ts";
import { applyRule, type RuleOutcome } from "../apply_rule.ts";
import type { Check } from "../match.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { NearRule } from "./types.ts";

/** Rules to name; a policy may hold thousands. */
export const MAX_NEAR_RULES = 10;

/**
 * Rules that one key alone keeps from matching, those that would change the verdict first.
 *
 * A rule for another tool is near only when something else about it fits: else every rule of a policy that goes by
 * tools would be.
 */
export function nearRules(
  policy: CompiledPolicy,
  facts: Facts,
  taken: readonly RuleOutcome[],
  verdict: Verdict,
): NearRule[] {
  const near: NearRule[] = [];
  for (const compiled of policy.rules) {
    const missed = onlyMiss(compiled, facts);
    if (!missed || (missed.key === "tool_names" && compiled.checks.length === 1)) continue;
    const { rule, effect } = compiled;
    near.push({
      name: rule.name,
      priority: rule.priority,
      effect,
      key: missed.key,
      wants: missed.wants,
      has: missed.has(facts),
      verdictThen: verdictWith(compiled, facts, taken),
    });
  }
  const changing = near.filter((rule) => rule.verdictThen !== verdict);
  const idle = near.filter((rule) => rule.verdictThen === verdict);
  return [...changing, ...idle].slice(0, MAX_NEAR_RULES);
}

function onlyMiss({ checks }: CompiledRule, facts: Facts): Check | undefined {
  const missed = checks.filter((check) => !check.holds(facts));
  return missed.length === 1 ? missed[0] : undefined;
}

/** The verdict if a further rule had matched. */
function verdictWith(compiled: CompiledRule, facts: Facts, taken: readonly RuleOutcome[]): Verdict {
  const priority = taken[0]?.compiled.rule.priority ?? Infinity;
  const own = applyRule(compiled, facts);
  if (compiled.rule.priority > priority) return combine(taken).verdict;
  return combine(compiled.rule.priority === priority ? [...taken, own] : [own]).verdict;
}
