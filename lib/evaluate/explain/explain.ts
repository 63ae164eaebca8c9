import { combine } from "../combine.ts";
import type { CompiledPolicy } from "../compile.ts";
import type { Offender } from "../constraint.ts";
import { factsOf } from "../facts.ts";
import { applyRule, type RuleOutcome } from "../apply_rule.ts";
import { callsOfScript, type Enrich, evaluateWholeScript } from "../script.ts";
import { takeRules } from "../take_rules.ts";
import type { Evaluation } from "../types.ts";
import { beyondSteps } from "../../intent/beyond_steps.ts";
import type { Intent } from "../../intent/types.ts";
import { strictest, type Verdict } from "../../schema/verdict.ts";
import { nearRules } from "./near.ts";
import type { Change, ExplainedCall, ExplainedTarget, Explanation, MatchedRule } from "./types.ts";

/** Reason of a script that was approved beforehand; then no rule was asked (docs/spec/gate.md 3.5). */
const APPROVED = "approved_script_match";

/**
 * Explain a decision: which rules were taken, which came close, and what alone would have changed it. It is worked
 * out anew from the policy and the intent and changes nothing.
 *
 * @param intent as it was evaluated
 * @param evaluation what the policy said about it
 * @param enrich as it was given to the evaluation
 */
export function explainDecision(
  policy: CompiledPolicy,
  intent: Intent,
  evaluation: Evaluation,
  enrich: Enrich = (intent) => intent,
): Explanation {
  const { verdict, matchedRule, reasonCodes, violations, failedClosed } = evaluation;
  const asked = !failedClosed && !reasonCodes.includes(APPROVED);
  const calls = asked ? callsOf(intent).map((call) => explainCall(policy, enrich(call))) : [];
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
      // In a script another step, or a limit of the policy, may still be as strict.
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

/** What, given alone, would let the rules decide: nothing does when more than one thing is missing. */
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
  const judgements = takeRules(policy, facts).map((rule) => applyRule(rule, facts));
  const verdict = verdictOf(judgements, policy.defaultVerdict);
  const near = nearRules(policy, facts, judgements, verdict);
  const tool = intent.toolName;
  return {
    call: { tool, verdict, matched: judgements.map((judgement) => describe(judgement, verdict)), near },
    changes: [
      ...constraintChanges(judgements, verdict).map((change) => ({ ...change, tool })),
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

function verdictOf(judgements: readonly RuleOutcome[], fallback: Verdict): Verdict {
  return judgements.length === 0 ? fallback : combine(judgements).verdict;
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

/** Targets to name for a condition; a call may have thousands. */
const MAX_TARGETS = 10;

function describeTarget({ place: { target, domain, path }, codes }: Offender): ExplainedTarget {
  return {
    kind: target.kind,
    value: target.value,
    comparedAs: [...domain?.readings?.hosts ?? [], ...path?.readings ?? []],
    reasonCodes: codes,
  };
}

/** Conditions without which the verdict would be another one. */
function constraintChanges(
  judgements: readonly RuleOutcome[],
  verdict: Verdict,
): Omit<Extract<Change, { kind: "constraint" }>, "tool">[] {
  const names = new Set(judgements.flatMap(({ raises }) => raises.map(({ constraint }) => constraint)));
  return [...names].flatMap((constraint) => {
    const without = judgements.map((judgement) => {
      const raises = judgement.raises.filter((raise) => raise.constraint !== constraint);
      return [judgement.compiled.effect, ...raises.map((raise) => raise.effect)].reduce(strictest);
    }).reduce(strictest);
    return without === verdict ? [] : [{ kind: "constraint" as const, constraint, verdict: without }];
  });
}
