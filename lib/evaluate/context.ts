import type { IntentContext } from "../intent/types.ts";
import type { Rule } from "../policy/types.ts";
import type { Constraint } from "./constraint.ts";
import { union } from "./union.ts";

/** Evidence of the context that a rule demands (docs/spec/gate.md 3.3.4); `undefined` when it demands none. */
export function contextConstraint(rule: Rule): Constraint | undefined {
  const demandsMode = rule.requireContextEvidence || rule.requiredContextEvidenceMode === "required";
  const maxAge = rule.maxContextAgeSeconds;
  if (!demandsMode && maxAge === 0) return undefined;
  return {
    name: "context",
    judge: ({ intent: { context } }) => {
      const missing = context.contextSetDigest === "";
      const mismatch = demandsMode && context.contextEvidenceMode !== "required";
      const stale = maxAge > 0 && !isFresh(context, maxAge);
      if (!missing && !mismatch && !stale) return undefined;
      return {
        effect: "block",
        reasonCodes: union([
          missing ? ["context_evidence_missing", "context_set_digest_missing"] : [],
          mismatch ? ["context_evidence_mode_mismatch"] : [],
          stale ? ["context_freshness_exceeded"] : [],
        ]),
        violations: union([
          missing ? ["missing_context_evidence"] : [],
          mismatch ? ["context_evidence_mode_violation"] : [],
          stale ? ["context_freshness_violation"] : [],
        ]),
      };
    },
  };
}

/** An age that is absent or no number is no proof of freshness. */
function isFresh(context: IntentContext, maxAge: number): boolean {
  const age = context.authContext.context_age_seconds;
  return typeof age === "number" && age >= 0 && age <= maxAge;
}
