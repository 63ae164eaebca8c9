import { compile, type CompiledPolicy, rulesNaming } from "../../../evaluate/compile.ts";
import type { Policy } from "../../../policy/types.ts";
import type { Verdict } from "../../../schema/verdict.ts";

/**
 * Whether a policy could let some call of a tool pass, at once or with an approval (docs/spec/mcp.md 10.8). Only what is
 * surely blocked is told apart: conditions may hold or not.
 */
export function couldPass(policy: Policy, toolName: string): boolean {
  const known = compiled(policy);
  const { forAnyTool, defaultVerdict } = known;
  const rules = [...rulesNaming(known, toolName), ...forAnyTool].sort((a, b) => a.position - b.position);
  for (const { effect, openChecks } of rules) {
    if (passes(effect)) return true;
    // It decides every call that gets here.
    if (openChecks.length === 0) return false;
  }
  return passes(defaultVerdict);
}

function passes(verdict: Verdict): boolean {
  return verdict === "allow" || verdict === "require_approval";
}

const COMPILED = new WeakMap<Policy, CompiledPolicy>();

function compiled(policy: Policy): CompiledPolicy {
  const known = COMPILED.get(policy) ?? compile(policy);
  COMPILED.set(policy, known);
  return known;
}
