import type { Rfc3339 } from "../../formats/time.ts";
import { plainEvaluation } from "../../evaluate/combine.ts";
import { higherRisk, scriptRisks } from "../../evaluate/script.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { type BeyondSteps, beyondSteps } from "../../intent/effects.ts";
import type { Intent, Script } from "../../intent/types.ts";
import type { ScriptEntry } from "./entry.ts";
import { equalHex } from "../../signing/mod.ts";
import { isExpired, isFromFuture } from "../../tokens/sealed.ts";
import { lset } from "../../formats/text.ts";

/** The result of looking up an intent in the registry of approved scripts. */
export interface RegistryResult {
  readonly reason: "approved_script_match" | "approved_script_not_found" | "not_script";
  readonly patternId?: string;
  /** The allow of an approved script; the policy is not evaluated then (docs/spec/gate.md 3.5). */
  readonly evaluation?: Evaluation;
}

/** Look up an intent among usable entries, of which there is at least one. */
export function findInRegistry(
  entries: readonly ScriptEntry[],
  intent: Intent,
  policyDigest: string,
  now: Rfc3339,
): RegistryResult {
  const { script } = intent;
  if (!script) return { reason: "not_script" };
  // The approved hash covers the steps only: targets and provenance outside of them were not approved.
  const beyond = beyondSteps(intent);
  if (beyond.targets.length + beyond.provenance.length > 0) {
    return { reason: "approved_script_not_found" };
  }
  const entry = findApproval(entries, script, policyDigest, now);
  if (!entry) return { reason: "approved_script_not_found" };
  return { reason: REASON, patternId: entry.patternId, evaluation: approvedEvaluation(script, beyond) };
}

const REASON = "approved_script_match";

function approvedEvaluation(script: Script, beyond: BeyondSteps): Evaluation {
  return {
    ...plainEvaluation("allow", [REASON], []),
    script: {
      compositeRiskClass: scriptRisks(script, beyond).reduce(higherRisk, "low"),
      steps: script.steps.map(({ toolName }, index) => ({
        index,
        toolName,
        verdict: "allow",
        reasonCodes: [REASON],
        violations: [],
        matchedRule: "",
      })),
    },
  };
}

/** The first entry that approves this script under this policy, in the order of the file (docs/spec/gate.md 3.5). */
export function findApproval(
  entries: readonly ScriptEntry[],
  script: Script,
  policyDigest: string,
  now: Rfc3339,
): ScriptEntry | undefined {
  const tools = lset(script.steps.map((step) => step.toolName));
  return entries.find((entry) =>
    equalHex(entry.policyDigest, policyDigest) && equalHex(entry.scriptHash, script.hash) &&
    entry.toolSequence.length === tools.length && entry.toolSequence.every((tool, i) => tool === tools[i]) &&
    !isExpired(entry, now) && !isFromFuture(entry, now)
  );
}
