import type { Rfc3339 } from "../../formats/time.ts";
import { plainEvaluation } from "../evaluate/combine.ts";
import { higherRisk, stepRisk } from "../evaluate/step_risk.ts";
import type { Evaluation } from "../evaluate/types.ts";
import type { Intent, Script } from "../intent/types.ts";
import type { ScriptEntry } from "./entry.ts";
import { findApproval } from "./match.ts";

/** What the registry of approved scripts says about an intent. */
export interface RegistryAnswer {
  readonly reason: "approved_script_match" | "approved_script_not_found" | "not_script";
  readonly patternId: string;
  /** The allow of a script that was approved beforehand; the policy is not asked any more (spec/gate.md 3.5). */
  readonly evaluation?: Evaluation;
}

/** Look an intent up among usable entries, of which there must be at least one. */
export function askRegistry(
  entries: readonly ScriptEntry[],
  { script }: Intent,
  policyDigest: string,
  now: Rfc3339,
): RegistryAnswer {
  if (!script) return { reason: "not_script", patternId: "" };
  const entry = findApproval(entries, script, policyDigest, now);
  if (!entry) return { reason: "approved_script_not_found", patternId: "" };
  return { reason: REASON, patternId: entry.patternId, evaluation: approvedEvaluation(script) };
}

const REASON = "approved_script_match";

function approvedEvaluation({ steps }: Script): Evaluation {
  return {
    ...plainEvaluation("allow", [REASON], []),
    script: {
      compositeRiskClass: steps.map((step) => stepRisk(step.targets)).reduce(higherRisk, "low"),
      steps: steps.map(({ toolName }, index) => ({
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
