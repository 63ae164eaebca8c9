import { type BeyondSteps, beyondSteps, classesOf, isDestructiveCall } from "../intent/effects.ts";
import type { Intent, Script, ScriptStep } from "../intent/types.ts";
import type { ScriptLimits } from "../policy/types.ts";
import { strictest } from "../schema/verdict.ts";
import type { CompiledPolicy } from "./compile.ts";
import { evaluateSingle, strictestLimit } from "./combine.ts";
import type { Evaluation, StepEvaluation } from "./types.ts";
import { largest, union } from "../formats/lists.ts";

/** The default for the most steps of a script. */
export const DEFAULT_MAX_STEPS = 64;

/** Adds the inventory facts of a tool to an intent. */
export type Enrich = (intent: Intent) => Intent;

/**
 * Evaluate a script: every step as a separate call, then the script as a whole (docs/spec/gate.md 3.4).
 *
 * It is unknown which step uses the targets that only the script itself declares. Every step is therefore evaluated a
 * second time with them, and the stricter verdict wins: this can stop a step, but never allow one.
 */
export function evaluateScript(
  policy: CompiledPolicy,
  intent: Intent,
  script: Script,
  enrich: Enrich,
): Evaluation {
  const beyond = beyondSteps(intent);
  const calls = callsOfScript(intent, script, beyond);
  const evaluations = calls.map((ofStep) => ofStep.map((call) => evaluateSingle(policy, enrich(call))));
  const steps = evaluations.flat();
  const whole = evaluateWholeScript(script, policy.policy.scripts, beyond);
  const rateLimit = strictestLimit(steps.map((step) => step.rateLimit));
  const destructiveBudget = strictestLimit(steps.map((step) => step.destructiveBudget));
  return {
    // An empty script contains nothing to allow.
    verdict: steps.length === 0
      ? "block"
      : [...steps, ...whole].map(({ verdict }) => verdict).reduce(strictest),
    reasonCodes: union([...steps, ...whole].map((part) => part.reasonCodes)),
    violations: union([...steps, ...whole].map((part) => part.violations)),
    matchedRule: union([steps.map((step) => step.matchedRule)]).join(","),
    minApprovals: largest([...steps, ...whole].map((part) => part.minApprovals)),
    requireDistinctApprovers: steps.some((step) => step.requireDistinctApprovers),
    requireBrokerCredential: steps.some((step) => step.requireBrokerCredential),
    brokerReference: steps.find((step) => step.brokerReference !== "")?.brokerReference ?? "",
    brokerScopes: union(steps.map((step) => step.brokerScopes)),
    requireDelegation: steps.some((step) => step.requireDelegation),
    delegationScopes: union(steps.map((step) => step.delegationScopes)),
    ...(rateLimit ? { rateLimit } : {}),
    ...(destructiveBudget ? { destructiveBudget } : {}),
    script: {
      compositeRiskClass: scriptRisks(script, beyond).reduce(higherRisk, "low"),
      steps: evaluations.map((ofStep, index) => stepEvaluation(ofStep, index, script.steps[index]!.toolName)),
    },
    failedClosed: false,
  };
}

/** The calls to evaluate for each step: the step alone, and with the targets that only the script declares. */
export function callsOfScript(intent: Intent, script: Script, beyond: BeyondSteps): Intent[][] {
  const nothing = beyond.targets.length + beyond.provenance.length === 0;
  return script.steps.map((step) => {
    // Any step may use the arguments of the script.
    const alone = { ...intentOfStep(intent, step), args: { script: intent.args, step: step.args } };
    return nothing ? [alone] : [alone, {
      ...alone,
      targets: [...alone.targets, ...beyond.targets],
      provenance: [...alone.provenance, ...beyond.provenance],
    }];
  });
}

/** A step as an intent: its own tool, arguments, targets and provenance; everything else is from the request. */
export function intentOfStep({ script: _, ...request }: Intent, step: ScriptStep): Intent {
  const { toolName, args, targets, provenance } = step;
  return { ...request, toolName, args, targets, provenance };
}

/** The outcome for a script as a whole. */
export type Whole = Pick<Evaluation, "verdict" | "reasonCodes" | "violations" | "minApprovals">;

/** Evaluate a script as a whole by the limits of a policy. */
export function evaluateWholeScript(
  script: Script,
  limits: ScriptLimits | undefined,
  beyond: BeyondSteps,
): Whole[] {
  const { steps } = script;
  const found: Whole[] = [];
  const block = (reasonCode: string, violation: string) =>
    found.push({ verdict: "block", reasonCodes: [reasonCode], violations: [violation], minApprovals: 0 });

  if (steps.length > (limits?.maxSteps || DEFAULT_MAX_STEPS)) {
    block("script_max_steps_exceeded", "script_max_steps_exceeded");
  }
  const approvalAbove = limits?.requireApprovalAbove ?? 0;
  if (approvalAbove > 0 && steps.length > approvalAbove) {
    found.push({
      verdict: "require_approval",
      reasonCodes: ["script_step_threshold_approval"],
      violations: [],
      minApprovals: 1,
    });
  }
  if (limits?.blockMixedRisk && new Set(scriptRisks(script, beyond)).size > 1) {
    block("script_mixed_risk_blocked", "script_mixed_risk");
  }
  return found;
}

function stepEvaluation(evaluations: readonly Evaluation[], index: number, toolName: string): StepEvaluation {
  return {
    index,
    toolName,
    verdict: evaluations.map(({ verdict }) => verdict).reduce(strictest),
    reasonCodes: union(evaluations.map(({ reasonCodes }) => reasonCodes)),
    violations: union(evaluations.map(({ violations }) => violations)),
    matchedRule: union([evaluations.map(({ matchedRule }) => matchedRule)]).join(","),
  };
}

/** The risk levels of script steps, from harmless to dangerous (docs/spec/gate.md 3.4). */
export const STEP_RISKS = ["low", "medium", "high"] as const;

/** The risk level of a script step. */
export type StepRisk = typeof STEP_RISKS[number];

const HIGH = new Set(["fs.delete", "proc.exec"]);
const MEDIUM = new Set(["fs.write", "net.http", "net.dns"]);

/** The risk of a step, by its tool and its targets. */
export function stepRisk(step: Pick<ScriptStep, "toolName" | "targets">): StepRisk {
  const classes = classesOf(step);
  if (isDestructiveCall(step) || classes.some((name) => HIGH.has(name))) return "high";
  return classes.some((name) => MEDIUM.has(name)) ? "medium" : "low";
}

/** The risks of the steps of a script, and of the targets that only the script declares. */
export function scriptRisks(script: Script, { targets }: Pick<BeyondSteps, "targets">): StepRisk[] {
  const risks = script.steps.map(stepRisk);
  return targets.length === 0 ? risks : [...risks, stepRisk({ toolName: "script", targets })];
}

/** The higher of two risks. */
export function higherRisk(left: StepRisk, right: StepRisk): StepRisk {
  return STEP_RISKS.indexOf(left) >= STEP_RISKS.indexOf(right) ? left : right;
}
