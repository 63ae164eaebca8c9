import { applyRule, combine, type RuleOutcome, takeRules } from "../combine.ts";
import type { CompiledPolicy, CompiledRule } from "../compile.ts";
import { factsByPolicy } from "../context_facts.ts";
import type { Offender } from "../constraints.ts";
import { type Facts, factsOf } from "../facts.ts";
import { callsOfScript, type Enrich, evaluateWholeScript } from "../script.ts";
import type { Evaluation } from "../types.ts";
import { beyondSteps } from "../../intent/effects.ts";
import type { Intent } from "../../intent/types.ts";
import { strictest, type Verdict } from "../../schema/verdict.ts";
import type { Change, ExplainedCall, ExplainedTarget, Explanation, MatchedRule, NearRule } from "./encode.ts";
import type { Check } from "../match.ts";

/** The reason code of a pre-approved script, for which no rule is evaluated (docs/spec/gate.md 3.5). */
const APPROVED = "approved_script_match";

/**
 * Explain a decision: the matching rules, the near misses, and the single changes that would give another verdict.
 * Computed from the policy and the intent without side effects.
 *
 * @param intent as it was evaluated
 * @param evaluation its evaluation
 * @param enrich as passed to the evaluation
 */
export function explainDecision(
  policy: CompiledPolicy,
  intent: Intent,
  evaluation: Evaluation,
  enrich: Enrich = (intent) => intent,
): Explanation {
  const { verdict, matchedRule, reasonCodes, violations, failedClosed } = evaluation;
  const wasEvaluated = !failedClosed && !reasonCodes.includes(APPROVED);
  const withFacts = factsByPolicy(policy.policy, enrich);
  const calls = wasEvaluated ? callsOf(intent).map((call) => explainCall(policy, withFacts(call))) : [];
  const missingFields = failedClosed ? violations.map((violation) => violation.replace(/^missing_/, "")) : [];
  return {
    verdict,
    matchedRule,
    reasonCodes,
    violations,
    missingFields,
    failClosedReasonCodes: failedClosed ? reasonCodes : [],
    calls: calls.map(({ call }) => call),
    changes: [
      ...(failedClosed ? evidenceChanges(violations) : []),
      ...(verdict === "require_approval"
        ? [{ kind: "approval" as const, approvals: evaluation.minApprovals, verdict: "allow" as const }]
        : []),
      // In a script another step, or a limit of the policy, may still require the same verdict.
      ...calls.flatMap(({ changes }, i) => changes.filter((change) => changesWhole(change.verdict, i))),
    ],
  };

  function changesWhole(changed: Verdict, position: number): boolean {
    const others = calls.filter((_, i) => i !== position).map(({ call }) => call.verdict);
    const whole = intent.script
      ? evaluateWholeScript(intent.script, policy.policy.scripts, beyondSteps(intent))
      : [];
    return [changed, ...others, ...whole.map((part) => part.verdict)].reduce(strictest) !== verdict;
  }
}

/** The field whose presence would let the rules decide; none if several are missing. */
function evidenceChanges(violations: readonly string[]): Change[] {
  const [violation, ...others] = violations;
  if (violation === undefined || others.length > 0) return [];
  const field = /^missing_(.+)$/.exec(violation)?.[1];
  return field === undefined ? [] : [{ kind: "evidence", field }];
}

function callsOf(intent: Intent): Intent[] {
  return intent.script ? callsOfScript(intent, intent.script, beyondSteps(intent)).flat() : [intent];
}

type CallChange = Extract<Change, { readonly kind: "match" | "constraint" }>;

function explainCall(policy: CompiledPolicy, intent: Intent): { call: ExplainedCall; changes: CallChange[] } {
  const facts = factsOf(intent);
  const outcomes = takeRules(policy, facts).map((rule) => applyRule(rule, facts));
  const verdict = verdictOf(outcomes, policy.defaultVerdict);
  const near = nearRules(policy, facts, outcomes, verdict);
  const tool = intent.toolName;
  return {
    call: { tool, verdict, matched: outcomes.map((outcome) => describe(outcome, verdict)), near },
    changes: [
      ...constraintChanges(outcomes, verdict).map((change) => ({ ...change, tool })),
      ...near.filter((rule) => rule.verdictThen !== verdict).map((rule) => ({
        kind: "match" as const,
        tool,
        rule: rule.name,
        key: rule.key,
        verdict: rule.verdictThen,
      })),
    ],
  };
}

function verdictOf(outcomes: readonly RuleOutcome[], fallback: Verdict): Verdict {
  return outcomes.length === 0 ? fallback : combine(outcomes).verdict;
}

function describe({ compiled, effect, raises }: RuleOutcome, verdict: Verdict): MatchedRule {
  return {
    name: compiled.rule.name,
    priority: compiled.rule.priority,
    effect: compiled.effect,
    effective: effect,
    deciding: effect === verdict,
    raisedBy: raises.map(({ constraint, effect, reasonCodes, offenders }) => ({
      constraint,
      effect,
      reasonCodes,
      targets: (offenders ?? []).slice(0, MAX_TARGETS).map(describeTarget),
    })),
  };
}

/** The most targets named for a constraint; a call may have thousands. */
const MAX_TARGETS = 10;

function describeTarget({ place: { target, domain, path }, codes }: Offender): ExplainedTarget {
  return {
    kind: target.kind,
    value: target.value,
    comparedAs: [...domain?.readings?.hosts ?? [], ...path?.readings ?? []],
    reasonCodes: codes,
  };
}

/** Constraints without which the verdict would be another one. */
function constraintChanges(
  outcomes: readonly RuleOutcome[],
  verdict: Verdict,
): Omit<Extract<Change, { kind: "constraint" }>, "tool">[] {
  const names = new Set(outcomes.flatMap(({ raises }) => raises.map(({ constraint }) => constraint)));
  return [...names].flatMap((constraint) => {
    const without = outcomes.map((outcome) => {
      const raises = outcome.raises.filter((raise) => raise.constraint !== constraint);
      return [outcome.compiled.effect, ...raises.map((raise) => raise.effect)].reduce(strictest);
    }).reduce(strictest);
    return without === verdict ? [] : [{ kind: "constraint" as const, constraint, verdict: without }];
  });
}

/** The most near rules that are reported; a policy may have thousands. */
export const MAX_NEAR_RULES = 10;

/**
 * Rules that a single key keeps from matching, beginning with those that would change the verdict.
 *
 * A rule for another tool is near only if another of its conditions matches; otherwise all rules for other tools
 * would be.
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
