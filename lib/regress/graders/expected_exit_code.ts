import { EXIT, GaitError } from "../../errors/mod.ts";
import type { Runpack } from "../../runpack/read.ts";
import { replayRun } from "../../runpack/replay.ts";
import type { ComparedRun } from "../candidate.ts";
import type { Fixture } from "../fixture.ts";
import type { Grade, Subject } from "../grader.ts";

/** Whether the fixture replays from its record with the expected exit status (docs/spec/regress.md 1.6). */
export function gradeExitCode({ fixture, pack }: Subject): Promise<Grade> {
  return gradeReplay(pack, fixture.expected_replay_exit_code);
}

/** The same for a run given on the command line. */
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
