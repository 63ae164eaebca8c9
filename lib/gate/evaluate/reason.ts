import { lower } from "../text.ts";

/**
 * The reason code of a rule that gives none: `matched_rule_` and its name as JSON writes it, without quotes at the
 * ends, blanks and hyphens as `_`, in lower case (spec/gate.md 3.3.1).
 */
export function ruleReasonCode(name: string): string {
  const quoted = JSON.stringify(name).replace(/[<>&\u2028\u2029]/g, escapeUnit);
  return "matched_rule_" + lower(quoted.replace(/^"+|"+$/g, "").replace(/[ -]/g, "_"));
}

function escapeUnit(char: string): string {
  return "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0");
}
