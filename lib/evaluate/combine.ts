import type { Evaluation } from "./types.ts";
import { strictest, type Verdict } from "../schema/verdict.ts";
import type { RuleOutcome } from "./apply_rule.ts";
import { strictestLimit } from "./limit.ts";
import { union } from "./union.ts";
import { largest } from "../formats/lists.ts";

/** A verdict that no rule gave. */
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
 * Put the judgements of all taken rules together: the strictest effect is the verdict, and only the rules that came
 * to it say why and what is needed; names are those of all (docs/spec/gate.md 3.2).
 */
export function combine(judgements: readonly RuleOutcome[]): Evaluation {
  const verdict = judgements.map(({ effect }) => effect).reduce(strictest);
  const deciding = judgements.filter(({ effect }) => effect === verdict);
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
    matchedRule: union([judgements.map(({ compiled }) => compiled.rule.name)]).join(","),
    minApprovals: approval ? largest(rules.map((rule) => rule.minApprovals), 1) : 0,
    requireDistinctApprovers: approval && rules.some((rule) => rule.requireDistinctApprovers),
    requireBrokerCredential: rules.some((rule) => rule.requireBrokerCredential),
    brokerReference: union([rules.map((rule) => rule.brokerReference)]).join(","),
    brokerScopes: union(rules.map((rule) => rule.brokerScopes)),
    // Other constraints on a delegation only decide whether a rule matches (docs/spec/tokens.md section 5).
    requireDelegation: rules.some((rule) => rule.match.requireDelegation),
    delegationScopes: union(
      rules.filter((rule) => rule.match.requireDelegation).map((rule) => rule.match.delegationScopes),
    ),
    failedClosed: false,
    ...(rateLimit ? { rateLimit } : {}),
    ...(destructiveBudget ? { destructiveBudget } : {}),
  };
}
