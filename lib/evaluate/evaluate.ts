import type { Intent } from "../intent/types.ts";
import type { Policy } from "../policy/types.ts";
import { compile, type CompiledPolicy } from "./compile.ts";
import { failClosed, notEvaluable } from "./fail_closed.ts";
import { type Enrich, evaluateScript } from "./script.ts";
import { evaluateSingle } from "./combine.ts";
import type { Evaluation } from "./types.ts";

const asItIs: Enrich = (intent) => intent;

/**
 * What a policy says about a prepared intent (docs/spec/gate.md section 3). To decide many intents, compile the policy
 * once and use {@linkcode evaluateCompiled}.
 *
 * @param enrich adds what an inventory knows about a tool; it is called for the intent, or for each step of a script,
 * and not at all when the intent fails closed
 * @returns always a verdict: when anything throws, `enrich` included, the verdict is `block`
 */
export function evaluate(policy: Policy, intent: Intent, enrich: Enrich = asItIs): Evaluation {
  try {
    return evaluateCompiled(compile(policy), intent, enrich);
  } catch {
    return notEvaluable();
  }
}

/** {@linkcode evaluate} by a policy that is compiled already. */
export function evaluateCompiled(
  policy: CompiledPolicy,
  intent: Intent,
  enrich: Enrich = asItIs,
): Evaluation {
  // INVARIANT: an exception is never an allow. A caller that forgets to catch one must not run the call either.
  try {
    const refused = failClosed(policy.policy, intent);
    if (refused) return refused;
    if (intent.script) return evaluateScript(policy, intent, intent.script, enrich);
    return evaluateSingle(policy, enrich(intent));
  } catch {
    return notEvaluable();
  }
}
