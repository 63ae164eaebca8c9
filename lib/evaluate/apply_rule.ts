import { strictest, type Verdict } from "../schema/verdict.ts";
import type { CompiledRule } from "./compile.ts";
import type { Constraint, Raise } from "./constraint.ts";
import type { Facts } from "./facts.ts";

/** What one rule says about an intent that it matches. */
export interface RuleOutcome {
  readonly compiled: CompiledRule;
  readonly effect: Verdict;
  /** Constraints that spoke up, with what they said. */
  readonly raises: readonly (Raise & { readonly constraint: Constraint["name"] })[];
}

/** Judge an intent by one rule (docs/spec/gate.md 3.3). */
export function applyRule(compiled: CompiledRule, facts: Facts): RuleOutcome {
  let effect = compiled.effect;
  const raises = [];
  for (const { name, judge } of compiled.constraints) {
    const raise = judge(facts);
    if (!raise) continue;
    effect = strictest(effect, raise.effect);
    raises.push({ constraint: name, ...raise });
  }
  return { compiled, effect, raises };
}
