import { RISK_CLASSES } from "../schema/intent_words.ts";
import { trimLower } from "../formats/text.ts";

/*
 * A risk class is a free text that the caller writes (docs/spec/gate.md 2.2). INVARIANT: one that is not known counts
 * as `high` wherever it matters: a mistyped "hihg" must not be a way around what a policy demands of risky calls.
 */

/** Whether a risk class is one of the four that mean something. */
export function isKnownRisk(riskClass: string): boolean {
  return RISK_CLASSES.includes(riskClass);
}

/** The risk classes that lists of a policy are asked for: as written, and `high` when that is not known. */
export function countedRisks(riskClass: string): readonly string[] {
  return isKnownRisk(riskClass) ? [riskClass] : [riskClass, "high"];
}

/** Whether much is at stake; of a risk class as it is written in an intent or a policy. */
export function isHighRisk(riskClass: string): boolean {
  const known = trimLower(riskClass);
  return known !== "low" && known !== "medium";
}
