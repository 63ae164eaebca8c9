import type { Runpack } from "../runpack/read.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { ContextConformance } from "../schema/regress.ts";
import { type Candidate, type ComparedRun, isUnusable } from "./candidate.ts";
import type { Fixture } from "./fixture.ts";
import { RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import { EXIT, GaitError } from "../errors/mod.ts";
import { replayRun } from "../runpack/replay.ts";
import { brokenRules, firstMismatch, toolSequence, verdictSequence } from "./trajectory.ts";

/** The input of a grader: a fixture, its runpack, and the run to compare. */
export interface Subject {
  readonly fixture: Fixture;
  readonly pack: Runpack;
  readonly candidate: Candidate;
}

/** Options of grading from the command line. */
export interface GradeOptions {
  /** Add the context grader. */
  readonly context: boolean;
  /** Apply it to all fixtures. */
  readonly enforceContext: boolean;
  /** Accept a context that differs only in retrieval times. */
  readonly allowRuntimeDrift: boolean;
  /** What of a recording to compare in all fixtures, beside what they ask for themselves. */
  readonly alsoCompare?: readonly string[];
}

/** The result of a grader. */
export interface Grade {
  readonly pass: boolean;
  readonly codes: readonly string[];
  readonly details: JsonObject;
  readonly conformance?: ContextConformance;
}

/** Checks one aspect of a fixture. */
export type Grader = (subject: Subject, options: GradeOptions) => Grade | Promise<Grade>;

/**
 * Whether every record of the fixture has the right schema and version (docs/spec/regress.md 1.6). Files and digests
 * were checked on loading: a fixture that fails there is never graded.
 */
export function gradeSchema({ pack }: Subject): Grade {
  const { manifest, run, refs, intents, results } = pack;
  const kinds = { manifest: [manifest], run: [run], refs: [refs], intent: intents, result: results };
  const codes = Object.entries(kinds)
    .filter(([kind, records]) => !records.every((record) => isOfKind(record, kind as keyof typeof SCHEMA_ID)))
    .map(([kind]) => `${kind}_schema_invalid`);
  return {
    pass: codes.length === 0,
    codes,
    details: {
      missing_files: null,
      hash_mismatches: 0,
      intent_records: intents.length,
      result_records: results.length,
      reference_receipts: refs.receipts.length,
    },
  };
}

function isOfKind(
  record: { readonly schema_id: string; readonly schema_version: string },
  kind: keyof typeof SCHEMA_ID,
): boolean {
  return record.schema_id === SCHEMA_ID[kind] && record.schema_version === RECORD_VERSION;
}

/** Whether the fixture replays from its record with the expected exit status (docs/spec/regress.md 1.6). */
export function gradeExitCode({ fixture, pack }: Subject): Promise<Grade> {
  return gradeReplay(pack, fixture.expected_replay_exit_code);
}

/** Like {@linkcode gradeExitCode}, for a run given on the command line. */
export async function gradeRerunExitCode(fixture: Fixture, rerun: ComparedRun): Promise<Grade> {
  const grade = await gradeReplay(rerun.pack, fixture.expected_replay_exit_code);
  return { ...grade, details: { ...grade.details, candidate_runpack: rerun.path } };
}

async function gradeReplay(pack: Runpack, expected: number): Promise<Grade> {
  try {
    const { missing } = await replayRun(pack);
    const actual = missing.length === 0 ? EXIT.ok : EXIT.verificationFailed;
    return {
      pass: actual === expected,
      codes: actual === expected ? [] : ["unexpected_exit_code"],
      details: { expected_exit_code: expected, actual_exit_code: actual, missing_results: [...missing] },
    };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { pass: false, codes: ["replay_error"], details: { error: error.message } };
  }
}

/** Whether the candidate called the expected tools with the expected verdicts, in order (docs/spec/regress.md 1.6). */
export function gradeTrajectory({ fixture, candidate }: Subject): Grade {
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "candidate_runpack_invalid";
    return { pass: false, codes: [code], details: { error: candidate.error } };
  }
  const tools = compare("tool", fixture.expected_tool_sequence, toolSequence(candidate.pack));
  const verdicts = compare("verdict", fixture.expected_verdict_sequence, verdictSequence(candidate.pack));
  const parts = [tools, verdicts];
  const codes = parts.flatMap((part) => part.codes);
  const required = parts.some((part) => part.required);
  return {
    pass: codes.length === 0,
    codes: codes.length > 0 ? codes : [required ? "trajectory_match" : "trajectory_not_required"],
    details: { candidate_runpack: candidate.path, ...tools.details, ...verdicts.details },
  };
}

/** Compare one sequence; an empty expectation always passes. */
function compare(kind: "tool" | "verdict", expected: readonly string[], actual: readonly string[]) {
  const required = expected.length > 0;
  const mismatch = required ? firstMismatch(expected, actual) : undefined;
  const details: JsonObject = {
    [`expected_${kind}_sequence`]: [...expected],
    [`actual_${kind}_sequence`]: [...actual],
    ...(mismatch
      ? {
        [`${kind}_sequence_mismatch_index`]: mismatch.index,
        [`${kind}_sequence_expected_at_mismatch`]: mismatch.expected,
        [`${kind}_sequence_actual_at_mismatch`]: mismatch.actual,
      }
      : {}),
  };
  return { required, details, codes: mismatch ? [`unexpected_${kind}_sequence`] : [] };
}

/** Whether the candidate called every required tool and no forbidden one (docs/spec/regress.md 1.6). */
export function gradeToolRules({ fixture, candidate }: Subject): Grade {
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "candidate_runpack_invalid";
    return { pass: false, codes: [code], details: { error: candidate.error } };
  }
  const rules = { never: fixture.never_tools, must: fixture.must_tools };
  const { called, missing } = brokenRules(rules, candidate.pack);
  const codes = [
    ...(called.length > 0 ? ["forbidden_tool_called"] : []),
    ...(missing.length > 0 ? ["required_tool_missing"] : []),
  ];
  return {
    pass: codes.length === 0,
    codes: codes.length > 0 ? codes : ["tool_rules_match"],
    details: {
      candidate_runpack: candidate.path,
      never_tools: [...rules.never],
      must_tools: [...rules.must],
      actual_tool_sequence: toolSequence(candidate.pack),
      ...(called.length > 0 ? { forbidden_tools_called: [...called] } : {}),
      ...(missing.length > 0 ? { required_tools_missing: [...missing] } : {}),
    },
  };
}
