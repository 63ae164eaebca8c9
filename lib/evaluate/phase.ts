import type { Constraint, Raise } from "./constraint.ts";

const PLAN: Raise = { effect: "dry_run", reasonCodes: ["plan_phase_non_destructive"], violations: [] };
const APPLY: Raise = {
  effect: "require_approval",
  reasonCodes: ["destructive_apply_requires_approval"],
  violations: [],
};

/** Destructive targets are not executed while planning, and need a human when applied (docs/spec/gate.md 3.3.5). */
export const phaseConstraint: Constraint = {
  name: "phase",
  judge: ({ destructive, intent }) => {
    if (!destructive) return undefined;
    return intent.context.phase === "plan" ? PLAN : APPLY;
  },
};
