import { classesOf, isDestructiveCall } from "../intent/effects.ts";
import type { BeyondSteps } from "../intent/beyond_steps.ts";
import type { Script, ScriptStep } from "../intent/types.ts";

/** How risky a step of a script is, from harmless to dangerous (docs/spec/gate.md 3.4). */
export const STEP_RISKS = ["low", "medium", "high"] as const;

/** How risky a step of a script is. */
export type StepRisk = typeof STEP_RISKS[number];

const HIGH = new Set(["fs.delete", "proc.exec"]);
const MEDIUM = new Set(["fs.write", "net.http", "net.dns"]);

/** The risk of a step, by its tool and its targets. */
export function stepRisk(step: Pick<ScriptStep, "toolName" | "targets">): StepRisk {
  const classes = classesOf(step);
  if (isDestructiveCall(step) || classes.some((name) => HIGH.has(name))) return "high";
  return classes.some((name) => MEDIUM.has(name)) ? "medium" : "low";
}

/** The risks of the steps of a script, and of what it has beside them. */
export function scriptRisks(script: Script, { targets }: Pick<BeyondSteps, "targets">): StepRisk[] {
  const risks = script.steps.map(stepRisk);
  return targets.length === 0 ? risks : [...risks, stepRisk({ toolName: "script", targets })];
}

/** The higher of two risks. */
export function higherRisk(left: StepRisk, right: StepRisk): StepRisk {
  return STEP_RISKS.indexOf(left) >= STEP_RISKS.indexOf(right) ? left : right;
}
