import type { Evaluation } from "./types.ts";
import { strictest, type Verdict } from "../schema/verdict.ts";
import { largest, union } from "../formats/lists.ts";
import type { Limit } from "../policy/types.ts";
import { type CompiledPolicy, type CompiledRule, rulesNaming } from "./compile.ts";
import type { Constraint, Raise } from "./constraints.ts";
import { type Facts, factsOf } from "./facts.ts";
import type { Intent } from "../intent/types.ts";

/** An evaluation without a matching rule. */
export function plainEvaluation(
  verdict: Verdict,
  reasonCodes: readonly string[],
  violations: readonly string[] = [],
): Evaluation {
  return {
    verdict,
    reasonCodes,
    violations,
    matchedRule: "",
    minApprovals: verdict === "require_approval" ? 1 : 0,
    requireDistinctApprovers: false,
    requireBrokerCredential: false,
    brokerReference: "",
    brokerScopes: [],
    requireDelegation: false,
    delegationScopes: [],
    failedClosed: false,
  };
}

/**
 * Combine the outcomes of all matching rules: the strictest effect is the verdict. Reasons and requirements come only
 * from the rules with that effect, names from all of them (docs/spec/gate.md 3.2).
 */
export function combine(outcomes: readonly RuleOutcome[]): Evaluation {
  const verdict = outcomes.map(({ effect }) => effect).reduce(strictest);
  const deciding = outcomes.filter(({ effect }) => effect === verdict);
  const rules = deciding.map(({ compiled }) => compiled.rule);
  const approval = verdict === "require_approval";
  const rateLimit = strictestLimit(rules.map((rule) => rule.rateLimit));
  const destructiveBudget = strictestLimit(rules.map((rule) => rule.destructiveBudget));
  return {
    verdict,
    reasonCodes: union(deciding.flatMap(({ compiled, raises }) => [
      compiled.reasonCodes,
      ...raises.map((raise) => raise.reasonCodes),
    ])),
    violations: union(deciding.flatMap(({ compiled, raises }) => [
      compiled.rule.violations,
      ...raises.map((raise) => raise.violations),
    ])),
    matchedRule: union([outcomes.map(({ compiled }) => compiled.rule.name)]).join(","),
    minApprovals: approval ? largest(rules.map((rule) => rule.minApprovals), 1) : 0,
    requireDistinctApprovers: approval && rules.some((rule) => rule.requireDistinctApprovers),
    requireBrokerCredential: rules.some((rule) => rule.requireBrokerCredential),
    brokerReference: union([rules.map((rule) => rule.brokerReference)]).join(","),
    brokerScopes: union(rules.map((rule) => rule.brokerScopes)),
    // Other delegation conditions only affect whether a rule matches (docs/spec/tokens.md section 5).
    requireDelegation: rules.some((rule) => rule.match.requireDelegation),
    delegationScopes: union(
      rules.filter((rule) => rule.match.requireDelegation).map((rule) => rule.match.delegationScopes),
    ),
    failedClosed: false,
    ...(rateLimit ? { rateLimit } : {}),
    ...(destructiveBudget ? { destructiveBudget } : {}),
  };
}

/** The strictest limit: fewer requests, then minute before hour, then the smaller name of a scope. */
export function strictestLimit(limits: Iterable<Limit | undefined>): Limit | undefined {
  let strictest: Limit | undefined;
  for (const limit of limits) {
    if (limit && (!strictest || isStricter(limit, strictest))) strictest = limit;
  }
  return strictest;
}

function isStricter(left: Limit, right: Limit): boolean {
  if (left.requests !== right.requests) return left.requests < right.requests;
  if (left.window !== right.window) return left.window === "minute";
  return left.scope < right.scope;
}

/** The outcome of one matching rule. */
export interface RuleOutcome {
  readonly compiled: CompiledRule;
  readonly effect: Verdict;
  /** The constraints that made the effect stricter. */
  readonly raises: readonly (Raise & { readonly constraint: Constraint["name"] })[];
}

/** Apply one rule to an intent (docs/spec/gate.md 3.3). */
export function applyRule(compiled: CompiledRule, facts: Facts): RuleOutcome {
  let effect = compiled.effect;
  const raises = [];
  for (const { name, raiseOf } of compiled.constraints) {
    const raise = raiseOf(facts);
    if (!raise) continue;
    effect = strictest(effect, raise.effect);
    raises.push({ constraint: name, ...raise });
  }
  return { compiled, effect, raises };
}

/** The deciding rules: the first match, and all further matches of the same priority (docs/spec/gate.md 3.2). */
export function takeRules(policy: CompiledPolicy, facts: Facts): readonly CompiledRule[] {
  const named = rulesNaming(policy, facts.intent.toolName);
  const open = policy.forAnyTool;
  const taken: CompiledRule[] = [];
  let [i, j] = [0, 0];
  while (i < named.length || j < open.length) {
    const fromNamed = j === open.length || (i < named.length && named[i]!.position < open[j]!.position);
    const candidate = fromNamed ? named[i++]! : open[j++]!;
    if (taken.length > 0 && candidate.rule.priority !== taken[0]!.rule.priority) break;
    if (allHold(candidate, facts)) taken.push(candidate);
  }
  return taken;
}

function allHold({ openChecks }: CompiledRule, facts: Facts): boolean {
  for (const check of openChecks) if (!check.holds(facts)) return false;
  return true;
}

/** Evaluate one call (docs/spec/gate.md 3.2). */
export function evaluateSingle(policy: CompiledPolicy, intent: Intent): Evaluation {
  const facts = factsOf(intent);
  const taken = takeRules(policy, facts);
  if (taken.length === 0) return plainEvaluation(policy.defaultVerdict, [`default_${policy.defaultVerdict}`]);
  return combine(taken.map((rule) => applyRule(rule, facts)));
}
