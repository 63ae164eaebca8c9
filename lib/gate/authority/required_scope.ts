import type { Intent } from "../intent/types.ts";

/** Marks a token that counts once; it stands in the signed scope, where other readers ignore it. */
export const SINGLE_USE = "use:single";

/** What the scope of an approval must contain for this call (spec/tokens.md 3.4). */
export function requiredScope({ toolName, context, targets }: Intent): string[] {
  const tool = `tool:${toolName}`;
  return context.phase === "apply" && targets.some((target) => target.destructive)
    ? [tool, "phase:apply", "destructive:apply"]
    : [tool];
}

/** What the bounds of an approval are compared with (spec/tokens.md 3.5). */
export function extentOf({ script, targets }: Intent): { readonly targets: number; readonly ops: number } {
  if (!script) return { targets: targets.length, ops: Math.max(1, targets.length) };
  const ofSteps = script.steps.reduce((sum, step) => sum + step.targets.length, 0);
  return { targets: ofSteps > 0 ? ofSteps : targets.length, ops: script.steps.length };
}
