import type { JsonObject } from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { sarifLog, type SarifResult, sarifUri, sentence } from "../formats/sarif.ts";
import { sha256 } from "../signing/digest.ts";
import { CATALOGUE, LINT_IDS } from "./catalogue.ts";
import type { Finding } from "./subject.ts";

export { sarifText } from "../formats/sarif.ts";

/**
 * Encode findings for code scanning as a SARIF 2.1.0 log with one run.
 *
 * @param path path of the policy; a relative one is resolved against the root of the repository
 */
export async function encodeSarif(
  findings: readonly Finding[],
  path: string,
  version: string,
): Promise<JsonObject> {
  const used = LINT_IDS.filter((id) => findings.some((finding) => finding.ruleId === id));
  const rules = used.map((id) => ({ id, ...CATALOGUE[id], tags: ["security", "policy"] }));
  const results = await Promise.all(findings.map((finding) => resultOf(finding, path)));
  return sarifLog("gait policy lint", version, rules, results);
}

async function resultOf(
  { ruleId, level, message, hint, line, column, ruleName, subject }: Finding,
  path: string,
): Promise<SarifResult> {
  // Fingerprints the subject instead of the position, so a finding keeps its identity when lines move.
  const digest = await sha256(utf8(`${sarifUri(path)}\n${subject}`));
  return {
    ruleId,
    level,
    message: `${ruleName === undefined ? "" : `Rule "${ruleName}": `}${message}. ${sentence(hint)}`,
    path,
    line,
    column,
    fingerprint: ["gaitPolicyFinding/v1", digest],
  };
}
