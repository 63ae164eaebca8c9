import type { CompiledPolicy, CompiledRule } from "./compile.ts";
import type { Facts } from "./facts.ts";

const NONE: readonly CompiledRule[] = [];

/** The rules that decide: the first that matches, and all further ones of its priority (docs/spec/gate.md 3.2). */
export function takeRules(policy: CompiledPolicy, facts: Facts): readonly CompiledRule[] {
  const named = policy.byTool.get(facts.intent.toolName) ?? NONE;
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
