import { compactJson } from "../formats/json/mod.ts";
import { lower } from "../formats/text.ts";
import { trimChars } from "../formats/trim.ts";

/**
 * The reason code of a rule that gives none: `matched_rule_` and its name as JSON writes it, without quotes at the
 * ends, blanks and hyphens as `_`, in lower case (docs/spec/gate.md 3.3.1).
 */
export function ruleReasonCode(name: string): string {
  return "matched_rule_" + lower(trimChars(compactJson(name), (unit) => unit === '"').replace(/[ -]/g, "_"));
}
