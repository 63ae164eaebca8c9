import { compareBytewise } from "../formats/bytes.ts";
import type { OutputRules } from "../effects/mod.ts";
import {
  isJsonObject,
  isObjectWith,
  type JsonObject,
  type JsonValue,
  prettyJson,
} from "../formats/json/mod.ts";
import { EPOCH_1980, isZeroTime, type Rfc3339 } from "../formats/time.ts";
import { type GraderResult, type RegressResult, RESULT_SCHEMA_ID } from "../schema/regress.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { pathArgument } from "../formats/shell.ts";

/** The header of a result. */
export interface ResultHead {
  /**
   * The recording time of the first fixture's run, not the current time, so that the same input gives the same bytes.
   */
  readonly createdAt: Rfc3339;
  /** Version of this program. */
  readonly version: string;
  readonly fixtureSet: string;
}

/** Assemble a result: sorted by name, failed if any grader failed (docs/spec/regress.md 1.5, steps 4 and 5). */
export function assembleResult(head: ResultHead, graders: readonly GraderResult[]): RegressResult {
  return {
    schema_id: RESULT_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: isZeroTime(head.createdAt) ? EPOCH_1980 : head.createdAt,
    producer_version: head.version,
    fixture_set: head.fixtureSet,
    status: graders.some((grader) => grader.status !== "pass") ? "fail" : "pass",
    graders: graders.toSorted((a, b) => compareBytewise(a.name, b.name)),
  };
}

/** Encode `regress_result.json`. */
export function encodeRegressResult(result: RegressResult): Uint8Array<ArrayBuffer> {
  return prettyJson(result as unknown as JsonObject);
}

/** The graders that failed, in the order of the result. */
export function failedGraders({ graders }: RegressResult): GraderResult[] {
  return graders.filter((grader) => grader.status !== "pass");
}

/** The first reason of the first failed grader. */
export function topFailureReason(result: RegressResult): string | undefined {
  const [first] = failedGraders(result);
  return first && (first.reason_codes[0] ?? "grader_failed");
}

/** A result may replace only an older result, which can be produced again. */
export const OLDER_RESULT: OutputRules = {
  older: (held) => isObjectWith(held, ({ schema_id: id }) => id === RESULT_SCHEMA_ID),
  olderGoes: "away",
  hint: "Give the result another name: the existing file is not a regression result",
};

/**
 * The command that shows why a grader failed.
 *
 * @param runpack the runpack of its fixture
 */
export function nextCommand({ name, details }: GraderResult, runpack: string): string {
  const grader = name.slice(name.indexOf("/") + 1);
  const failed = Array.isArray(details?.failed_candidates)
    ? details.failed_candidates.filter(isJsonObject)
    : [];
  const readable = failed.find(({ reason_codes }) => !isUnreadable(reason_codes));
  if (failed.length > 0 && readable === undefined) {
    return `gait verify ${pathArgument(`${failed[0]!.candidate}`)}`;
  }
  const compared = readable?.candidate ?? details?.candidate_runpack;
  const candidate = pathArgument(typeof compared === "string" ? compared : runpack);
  if (grader === "candidate_exit_code") return `gait run replay ${candidate}`;
  if (grader === "expected_exit_code") return `gait run replay ${pathArgument(runpack)}`;
  return candidate === pathArgument(runpack)
    ? `gait run inspect ${candidate}`
    : `gait run diff ${pathArgument(runpack)} ${candidate}`;
}

/** The reason of a candidate that can't be read, and has nothing to compare. */
export const UNREADABLE_CANDIDATE = "candidate_runpack_invalid";

function isUnreadable(codes: JsonValue | undefined): boolean {
  return Array.isArray(codes) && codes.includes(UNREADABLE_CANDIDATE);
}
