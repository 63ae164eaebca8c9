import { compact, type JsonObject } from "../formats/json/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { timeOfMillis } from "../formats/time.ts";
import { docsOf } from "./catalogue.ts";
import type { CheckResult, Diagnosis } from "./diagnose.ts";

/** The number of results with a status. */
export function countOf({ results }: Diagnosis, status: string): number {
  return results.filter(({ finding }) => finding.status === status).length;
}

/** Whether there is a failure that the user can't fix. */
export function isNonFixable({ results }: Diagnosis): boolean {
  return results.some(({ finding }) => finding.nonFixable === true);
}

/** The first line of a diagnosis, stable for scripts. */
export function summaryOf(diagnosis: Diagnosis): string {
  return `doctor: onboarding_mode=${diagnosis.mode} status=${diagnosis.status} ` +
    `failed=${countOf(diagnosis, "fail")} warned=${countOf(diagnosis, "warn")} ` +
    `non_fixable=${isNonFixable(diagnosis)}`;
}

/** The result of a diagnosis (docs/spec/doctor.md 1.1). */
export function encodeDiagnosis(
  diagnosis: Diagnosis,
  { now, version, summary }: { readonly now: number; readonly version: string; readonly summary: boolean },
): JsonObject {
  const commands = diagnosis.results.flatMap(({ finding }) => finding.fix?.command ?? []);
  const facts = Object.assign({}, ...diagnosis.results.map(({ finding }) => finding.facts ?? {}));
  return {
    ...compact({ summary_mode: summary }),
    schema_id: "gait.doctor.result",
    schema_version: "1.0.0",
    created_at: timeOfMillis(now),
    producer_version: version,
    onboarding_mode: diagnosis.mode,
    status: diagnosis.status,
    ...compact({ non_fixable: isNonFixable(diagnosis) }),
    summary: summaryOf(diagnosis),
    ...compact({ fix_commands: [...new Set(commands)].sort(compareBytewise) }),
    ...facts,
    checks: diagnosis.results.map(encodeResult),
  };
}

function encodeResult({ check, finding }: CheckResult): JsonObject {
  return {
    name: check.id,
    scope: check.scope,
    status: finding.status,
    message: finding.message,
    ...compact({
      fix_command: finding.fix?.command,
      fix_argv: finding.fix?.argv,
      non_fixable: finding.nonFixable,
    }),
    docs: docsOf(check),
    ...(finding.details && { details: copyOf(finding.details) }),
  };
}

function copyOf(details: NonNullable<CheckResult["finding"]["details"]>): JsonObject {
  return Object.fromEntries(Object.entries(details).map(([name, texts]) => [name, [...texts]]));
}
