import type { Policy, Rule } from "../policy/types.ts";
import { isVerdict, type Verdict } from "../schema/verdict.ts";
import type { Constraint } from "./constraint.ts";
import { contextConstraint } from "./context.ts";
import { dataflowConstraint } from "./dataflow.ts";
import { endpointConstraint } from "./endpoint.ts";
import { type Check, compileMatch } from "./match.ts";
import { phaseConstraint } from "./phase.ts";
import { ruleReasonCode } from "./reason.ts";

/** A policy, ready to decide many intents. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly defaultVerdict: Verdict;
  /** In order of evaluation. */
  readonly rules: readonly CompiledRule[];
  /** Rules that name tools, by tool; each list in order of evaluation. */
  readonly byTool: ReadonlyMap<string, readonly CompiledRule[]>;
  /** Rules for any tool, in order of evaluation. */
  readonly forAnyTool: readonly CompiledRule[];
}

/** A rule with its checks as functions. */
export interface CompiledRule {
  readonly rule: Rule;
  /** Place in the order of evaluation. */
  readonly position: number;
  readonly effect: Verdict;
  readonly reasonCodes: readonly string[];
  readonly checks: readonly Check[];
  /** The checks that finding the rule by its tool leaves open. */
  readonly openChecks: readonly Check[];
  readonly constraints: readonly Constraint[];
}

/** Prepare a policy: what does not depend on an intent is done once. */
export function compile(policy: Policy): CompiledPolicy {
  const rules = [...policy.rules].sort((left, right) => left.priority - right.priority).map(compileRule);
  const byTool = new Map<string, CompiledRule[]>();
  const forAnyTool: CompiledRule[] = [];
  for (const rule of rules) {
    const tools = new Set(rule.rule.match.toolNames);
    if (tools.size === 0) forAnyTool.push(rule);
    for (const tool of tools) {
      const listed = byTool.get(tool);
      if (listed) listed.push(rule);
      else byTool.set(tool, [rule]);
    }
  }
  return { policy, defaultVerdict: known(policy.defaultVerdict), rules, byTool, forAnyTool };
}

function compileRule(rule: Rule, position: number): CompiledRule {
  const checks = compileMatch(rule.match, rule.effect);
  const constraints = [
    rule.dataflow ? dataflowConstraint(rule.dataflow) : undefined,
    rule.endpoint ? endpointConstraint(rule.endpoint) : undefined,
    contextConstraint(rule),
    phaseConstraint,
  ].filter((constraint) => constraint !== undefined);
  return {
    rule,
    position,
    effect: known(rule.effect),
    reasonCodes: rule.reasonCodes.length > 0 ? rule.reasonCodes : [ruleReasonCode(rule.name)],
    checks,
    openChecks: checks.filter((check) => check.key !== "tool_names"),
    constraints,
  };
}

/** INVARIANT: what is no verdict blocks, also when a program made the policy by hand and got it wrong. */
function known(verdict: Verdict): Verdict {
  return isVerdict(verdict) ? verdict : "block";
}
