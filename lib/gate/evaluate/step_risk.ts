import type { Target } from "../intent/types.ts";

/** How risky a step of a script is, from harmless to dangerous (spec/gate.md 3.4). */
export const STEP_RISKS = ["low", "medium", "high"] as const;

/** How risky a step of a script is. */
export type StepRisk = typeof STEP_RISKS[number];

const HIGH = new Set(["fs.delete", "proc.exec"]);
const MEDIUM = new Set(["fs.write", "net.http", "net.dns"]);

/** The risk of a step, by its targets. */
export function stepRisk(targets: readonly Target[]): StepRisk {
  if (targets.some(({ endpointClass, destructive }) => destructive || HIGH.has(endpointClass))) return "high";
  return targets.some(({ endpointClass }) => MEDIUM.has(endpointClass)) ? "medium" : "low";
}

/** The higher of two risks. */
export function higherRisk(left: StepRisk, right: StepRisk): StepRisk {
  return STEP_RISKS.indexOf(left) >= STEP_RISKS.indexOf(right) ? left : right;
}
