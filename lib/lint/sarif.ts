import type { JsonObject } from "../formats/json/mod.ts";
import { UNSEEN } from "../formats/controls.ts";
import { cleanPath } from "../formats/path.ts";
import { sha256 } from "../signing/digest.ts";
import { utf8 } from "../formats/bytes.ts";
import { CATALOGUE, LINT_IDS, type LintRule } from "./catalogue.ts";
import type { Finding } from "./subject.ts";

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
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "gait policy lint",
          version,
          rules: used.map(encodeRule),
        },
      },
      columnKind: "utf16CodeUnits",
      results: await Promise.all(
        findings.map((finding) => encodeResult(finding, used.indexOf(finding.ruleId), uriOf(path))),
      ),
    }],
  };
}

/**
 * A log as formatted JSON with a final newline. Characters of policy texts that hide or move text are escaped, so the
 * log can be printed safely.
 */
export function sarifText(log: JsonObject): string {
  const json = JSON.stringify(log, null, 2);
  return json.replace(
    // deno-lint-ignore gait/linear-regex -- one character of a class
    new RegExp(`[${UNSEEN}]`, "gu"),
    (char) => char.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  ) + "\n";
}

function encodeRule(id: keyof typeof CATALOGUE): JsonObject {
  const { level, title, help, hint }: LintRule = CATALOGUE[id];
  return {
    id,
    name: id.split("-").map((word) => word[0]!.toUpperCase() + word.slice(1)).join(""),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: `${help}\n\n${sentence(hint)}`, markdown: `${help}\n\n**What to do:** ${sentence(hint)}` },
    defaultConfiguration: { level },
    properties: { tags: ["security", "policy"] },
  };
}

async function encodeResult(
  { ruleId, level, message, hint, line, column, ruleName, subject }: Finding,
  ruleIndex: number,
  uri: string,
): Promise<JsonObject> {
  return {
    ruleId,
    ruleIndex,
    level,
    message: {
      text: `${ruleName === undefined ? "" : `Rule "${ruleName}": `}${message}. ${sentence(hint)}`,
    },
    locations: [{
      physicalLocation: {
        artifactLocation: { uri, ...(uri.startsWith("file:") ? {} : { uriBaseId: "%SRCROOT%" }) },
        region: { startLine: line, startColumn: column },
      },
    }],
    // Fingerprints the subject instead of the position, so a finding keeps its identity when lines move.
    partialFingerprints: { "gaitPolicyFinding/v1": await sha256(utf8(`${uri}\n${subject}`)) },
  };
}

function sentence(text: string): string {
  return text.endsWith("?") ? text : `${text}.`;
}

/** A path as a URI reference (RFC 3986). */
function uriOf(path: string): string {
  const encoded = cleanPath(path).split("/").map(encodeURIComponent).join("/");
  return encoded.startsWith("/") ? `file://${encoded}` : encoded;
}
