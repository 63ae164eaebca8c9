import { UNSEEN } from "./controls.ts";
import type { JsonObject } from "./json/mod.ts";
import { cleanPath } from "./path.ts";

/** The severity of a finding, in the terms of SARIF. */
export type SarifLevel = "error" | "warning" | "note";

/** A kind of finding. */
export interface SarifRule {
  readonly id: string;
  readonly level: SarifLevel;
  /** One short sentence. */
  readonly title: string;
  /** Why it matters. */
  readonly help: string;
  /** How to fix it. */
  readonly hint: string;
  readonly tags: readonly string[];
}

/** One finding. */
export interface SarifResult {
  readonly ruleId: string;
  readonly level: SarifLevel;
  readonly message: string;
  /** A relative path is resolved against the root of the repository. */
  readonly path: string;
  readonly line: number;
  readonly column?: number;
  /** Names of what it is about, hashed: a finding keeps its identity when lines move. */
  readonly fingerprint: readonly [name: string, value: string];
}

/** A SARIF 2.1.0 log with one run; `rules` are those that `results` use. */
export function sarifLog(
  program: string,
  version: string,
  rules: readonly SarifRule[],
  results: readonly SarifResult[],
): JsonObject {
  const indices = new Map(rules.map(({ id }, i) => [id, i]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: program, version, rules: rules.map(encodeRule) } },
      columnKind: "utf16CodeUnits",
      results: results.map((result) => encodeResult(result, indices.get(result.ruleId) ?? -1)),
    }],
  };
}

function encodeRule({ id, level, title, help, hint, tags }: SarifRule): JsonObject {
  return {
    id,
    name: id.split("-").map((word) => word[0]!.toUpperCase() + word.slice(1)).join(""),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: `${help}\n\n${sentence(hint)}`, markdown: `${help}\n\n**What to do:** ${sentence(hint)}` },
    defaultConfiguration: { level },
    properties: { tags: [...tags] },
  };
}

function encodeResult(
  { ruleId, level, message, path, line, column, fingerprint: [name, value] }: SarifResult,
  ruleIndex: number,
): JsonObject {
  const uri = sarifUri(path);
  return {
    ruleId,
    ruleIndex,
    level,
    message: { text: message },
    locations: [{
      physicalLocation: {
        artifactLocation: { uri, ...(uri.startsWith("file:") ? {} : { uriBaseId: "%SRCROOT%" }) },
        region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
      },
    }],
    partialFingerprints: { [name]: value },
  };
}

/** A text as a sentence. */
export function sentence(text: string): string {
  return text.endsWith("?") ? text : `${text}.`;
}

/** A path as a URI reference (RFC 3986). */
export function sarifUri(path: string): string {
  const encoded = cleanPath(path).split("/").map((part) => encodeURIComponent(part.toWellFormed())).join("/");
  return encoded.startsWith("/") ? `file://${encoded}` : encoded;
}

/**
 * A log as formatted JSON with a final newline. Characters of names that hide or move text are escaped, so the log can
 * be printed safely.
 */
export function sarifText(log: JsonObject): string {
  const json = JSON.stringify(log, null, 2);
  return json.replace(
    // deno-lint-ignore gait/linear-regex -- one character of a class
    new RegExp(`[${UNSEEN}]`, "gu"),
    (char) => char.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  ) + "\n";
}

/** Whether a document is such a log: an older one may be replaced, because it can be made again. */
export function isSarif({ version, runs }: JsonObject): boolean {
  return version === "2.1.0" && Array.isArray(runs);
}
