import type { Intent } from "../intent/types.ts";
import { combine, plainEvaluation } from "./combine.ts";
import type { CompiledPolicy } from "./compile.ts";
import { factsOf } from "./facts.ts";
import { applyRule } from "./apply_rule.ts";
import { takeRules } from "./take_rules.ts";
import type { Evaluation } from "./types.ts";

/** Evaluate one call (docs/spec/gate.md 3.2). */
export function evaluateSingle(policy: CompiledPolicy, intent: Intent): Evaluation {
  const facts = factsOf(intent);
  const taken = takeRules(policy, facts);
  if (taken.length === 0) return plainEvaluation(policy.defaultVerdict, [`default_${policy.defaultVerdict}`]);
  return combine(taken.map((rule) => applyRule(rule, facts)));
}
