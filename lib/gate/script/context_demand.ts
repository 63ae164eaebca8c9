import type { Policy } from "../../policy/types.ts";

/**
 * Whether a policy wants to see context evidence anywhere: then no script is approved beforehand, because an
 * approval says nothing about the context of a later run.
 */
export function demandsContext(policy: Policy): boolean {
  const { enabled, requiredFields } = policy.failClosed;
  return (enabled && requiredFields.includes("context_evidence")) ||
    policy.rules.some((rule) =>
      rule.requireContextEvidence || rule.requiredContextEvidenceMode === "required" ||
      rule.maxContextAgeSeconds > 0
    );
}
