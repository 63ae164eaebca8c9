import type { Policy, Rule } from "../policy/types.ts";
import { isVerdict, type Verdict } from "../schema/verdict.ts";
import { type Constraint, contextConstraint, dataflowConstraint, phaseConstraint } from "./constraints.ts";
import { endpointConstraint } from "./endpoint.ts";
import { type Check, compileMatch, isGuard } from "./match.ts";
import { compactJson } from "../formats/json/mod.ts";
import { asSeen } from "../formats/invisible.ts";
import { lower } from "../formats/text.ts";
import { trimChars } from "../formats/trim.ts";

/** A policy compiled for repeated evaluation. */
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
  /** Index in the order of evaluation. */
  readonly position: number;
  readonly effect: Verdict;
  readonly reasonCodes: readonly string[];
  readonly checks: readonly Check[];
  /** The remaining checks after finding the rule by its tool. */
  readonly openChecks: readonly Check[];
  readonly constraints: readonly Constraint[];
}

/** Compile a policy: everything independent of the intent is done once. */
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

/** The rules that name a tool, in order of evaluation; guards also one that looks like it (docs/threat_model.md 11). */
export function rulesNaming({ byTool }: CompiledPolicy, toolName: string): readonly CompiledRule[] {
  const exact = byTool.get(toolName) ?? [];
  const seen = asSeen(toolName);
  if (seen === toolName) return exact;
  const guards = (byTool.get(lower(seen)) ?? []).filter(({ effect }) => isGuard(effect));
  return [...new Set([...exact, ...guards])].sort((left, right) => left.position - right.position);
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

/** INVARIANT: an unknown verdict blocks, even in a policy object that a program built incorrectly. */
function known(verdict: Verdict): Verdict {
  return isVerdict(verdict) ? verdict : "block";
}

/**
 * The default reason code of a rule: `matched_rule_` and its name as JSON writes it, without the quotes, with `_` for
 * blanks and hyphens, in lower case (docs/spec/gate.md 3.3.1).
 */
export function ruleReasonCode(name: string): string {
  return "matched_rule_" + lower(trimChars(compactJson(name), (unit) => unit === '"').replace(/[ -]/g, "_"));
}
