import type { Intent } from "../intent/types.ts";
import type { Policy } from "../policy/types.ts";
import { compile, type CompiledPolicy } from "./compile.ts";
import { factsByPolicy } from "./context_facts.ts";
import { failClosed, notEvaluable } from "./fail_closed.ts";
import { type Enrich, evaluateScript } from "./script.ts";
import { evaluateSingle } from "./combine.ts";
import type { Evaluation } from "./types.ts";

const asItIs: Enrich = (intent) => intent;

/**
 * Evaluate a prepared intent by a policy (docs/spec/gate.md section 3). To decide many intents, compile the policy
 * once and use {@linkcode evaluateCompiled}.
 *
 * @param enrich adds the inventory facts of a tool; called for the intent or each step of a script, but not if the
 * intent fails closed
 * @returns always a verdict: if anything throws, including `enrich`, the verdict is `block`
 */
export function evaluate(policy: Policy, intent: Intent, enrich: Enrich = asItIs): Evaluation {
  try {
    return evaluateCompiled(compile(policy), intent, enrich);
  } catch {
    return notEvaluable();
  }
}

/** Like {@linkcode evaluate}, for a compiled policy. */
export function evaluateCompiled(
  policy: CompiledPolicy,
  intent: Intent,
  enrich: Enrich = asItIs,
): Evaluation {
  // INVARIANT: an exception never results in an allow, even if the caller does not handle it.
  try {
    const refused = failClosed(policy.policy, intent);
    if (refused) return refused;
    const withFacts = factsByPolicy(policy.policy, enrich);
    if (intent.script) return evaluateScript(policy, intent, intent.script, withFacts);
    return evaluateSingle(policy, withFacts(intent));
  } catch {
    return notEvaluable();
  }
}
