import { allTargets } from "../intent/beyond_steps.ts";
import { isDestructiveCall } from "../intent/effects.ts";
import type { Intent } from "../intent/types.ts";

/** Marks a token that counts once; it stands in the signed scope, where other readers ignore it. */
export const SINGLE_USE = "use:single";

/** What the scope of an approval must contain for this call (docs/spec/tokens.md 3.4). */
export function requiredScope(intent: Intent): string[] {
  const tool = `tool:${intent.toolName}`;
  return intent.context.phase === "apply" && isDestructiveCall(intent)
    ? [tool, "phase:apply", "destructive:apply"]
    : [tool];
}

/** What the bounds of an approval are compared with (docs/spec/tokens.md 3.5). */
export function extentOf(intent: Intent): { readonly targets: number; readonly ops: number } {
  const targets = allTargets(intent).length;
  return { targets, ops: intent.script?.steps.length ?? Math.max(1, targets) };
}
