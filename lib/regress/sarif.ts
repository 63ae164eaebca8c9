import type { OutputRules } from "../effects/mod.ts";
import { isObjectWith, type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { uniqueSorted } from "../formats/bytes.ts";
import type { GraderResult, RegressResult } from "../schema/regress.ts";
import { failedGraders } from "./result.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** A report may replace only an older report, which can be produced again. */
export const OLDER_SARIF: OutputRules = {
  older: (held) => isObjectWith(held, ({ $schema, runs }) => $schema === SCHEMA && Array.isArray(runs)),
  olderGoes: "away",
  hint: "Give another name: the existing file is not a SARIF report of regressions",
};

/**
 * Encode the failed graders of a result as SARIF 2.1.0 for code scanning: one rule per grader, and one result per
 * failure, located at the `fixture.json` of its fixture.
 *
 * @param folders folder of each fixture, by name
 */
export function encodeSarif(
  result: RegressResult,
  folders: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const failed = failedGraders(result);
  const rules = uniqueSorted(result.graders.map(({ name }) => splitName(name).grader));
  return prettyJson({
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "gait regress",
          version: result.producer_version,
          rules: rules.map((id) => ({ id })),
        },
      },
      results: failed.map((grader) => sarifResult(grader, folders, rules)),
    }],
  });
}

function sarifResult(
  grader: GraderResult,
  folders: ReadonlyMap<string, string>,
  rules: readonly string[],
): JsonObject {
  const { fixture, grader: rule } = splitName(grader.name);
  const uri = `${folders.get(fixture) ?? "fixtures"}/fixture.json`;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: "error",
    message: { text: messageOfGrader(grader) },
    locations: [{
      physicalLocation: {
        artifactLocation: { uri: encodeURI(uri.toWellFormed()) },
        region: { startLine: 1 },
      },
    }],
    partialFingerprints: { "gaitRegress/v1": grader.name },
  };
}

/** Split the name of a result at its first slash into fixture and grader. */
export function splitName(name: string): { readonly fixture: string; readonly grader: string } {
  const slash = name.indexOf("/");
  return { fixture: name.slice(0, slash), grader: name.slice(slash + 1) };
}

/** The message of a failed grader in one line. */
export function messageOfGrader({ name, reason_codes }: GraderResult): string {
  const { fixture, grader } = splitName(name);
  return `${fixture}: ${grader} failed: ${reason_codes.join(", ") || "failed"}`;
}
