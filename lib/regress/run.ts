import { invalidInput } from "../errors/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { cleanPath, folderOf, insideWorkingFolder } from "../formats/path.ts";
import type { GraderResult, RegressResult } from "../schema/regress.ts";
import { type Candidate, readNamedCandidate } from "./candidate.ts";
import { CONFIG_FILE, type LoadedFixture, loadFixture, readConfig } from "./config.ts";
import { gradeFixture } from "./grade.ts";
import { encodeJunit, OLDER_JUNIT } from "./junit.ts";
import {
  assembleResult,
  encodeRegressResult,
  failedGraders,
  nextCommand,
  OLDER_RESULT,
  topFailureReason,
} from "./result.ts";
import { type NamedRerun, parseReruns, readReruns } from "./rerun.ts";
import { append } from "../formats/lists.ts";

/** The default path of the result. */
export const RESULT_FILE = "regress_result.json";

/** The parameters of a regression run. */
export interface RunOptions {
  /** Config to run; {@linkcode CONFIG_FILE} by default. */
  readonly config?: string;
  /** File for the result; {@linkcode RESULT_FILE} by default. */
  readonly output?: string;
  /** File for a JUnit report; none when absent. */
  readonly junit?: string | undefined;
  /** Apply the context grader to all fixtures. */
  readonly contextConformance?: boolean;
  /** Accept a context that differs only in retrieval times. */
  readonly allowRuntimeDrift?: boolean;
  /**
   * Runs to compare fixtures with, in place of those that their `fixture.json` names: `<run_id|path>` for all, or
   * `<fixture>=<run_id|path>` for one.
   */
  readonly candidates?: readonly string[];
}

/** The result of a regression run. */
export interface RunReport {
  readonly result: RegressResult;
  readonly status: RegressResult["status"];
  /** Number of graders that failed. */
  readonly failed: number;
  readonly topFailureReason: string | undefined;
  /** The command that shows why it failed. */
  readonly nextCommand: string | undefined;
  readonly output: string;
  /** Absent when no report was written. */
  readonly junit: string | undefined;
  /** Fixtures without another run to compare with, for which nothing new was tested. */
  readonly comparedWithItself: readonly string[];
}

/**
 * Run the regressions of a config and write the result (docs/spec/regress.md 1.5). Nothing is written unless every
 * fixture could be loaded and graded.
 *
 * @param version of this program
 * @throws {GaitError} `invalid_input`, or `verification_failed` when an archive is ambiguous
 */
export async function runRegressions(
  options: RunOptions,
  places: PackPlaces,
  version: string,
): Promise<RunReport> {
  return await runWithReruns(options, parseReruns(options.candidates ?? []), places, version);
}

/** {@linkcode runRegressions} with candidates that were read before. */
export async function runWithReruns(
  options: Omit<RunOptions, "candidates">,
  given: readonly NamedRerun[],
  places: PackPlaces,
  version: string,
): Promise<RunReport> {
  const { files } = places;
  const { config = CONFIG_FILE, output = RESULT_FILE, junit } = options;
  const { contextConformance = false, allowRuntimeDrift = false } = options;
  checkTargets(config, output, junit);

  const { fixtureSet, fixtures: entries } = await readConfig(await files.read(config), config);
  const fixtures: LoadedFixture[] = [];
  for (const entry of entries) fixtures.push(await loadFixture(files, entry));
  const reruns = await readReruns(given, entries.map((entry) => entry.name), places);
  const rules = {
    context: contextConformance || fixtures.some(({ fixture }) => asksForContext(fixture)),
    enforceContext: contextConformance,
    allowRuntimeDrift,
  };
  const grades: GraderResult[] = [];
  const comparedWithItself: string[] = [];
  for (const loaded of fixtures) {
    const candidate = reruns.get(loaded.fixture.name) ?? await ownOrNamed(loaded, places);
    if (candidate.kind === "own") comparedWithItself.push(loaded.fixture.name);
    append(grades, await gradeFixture({ ...loaded, candidate }, rules));
  }
  const createdAt = fixtures[0]!.pack.run.created_at;
  const result = assembleResult({ createdAt, version, fixtureSet }, grades);

  if (junit !== undefined) await files.checkOutput(junit, OLDER_JUNIT);
  await files.writeOutput(output, encodeRegressResult(result), OLDER_RESULT);
  if (junit !== undefined) {
    await files.makeFolder(folderOf(junit));
    await files.writeOutput(junit, encodeJunit(result), OLDER_JUNIT);
  }
  const failed = failedGraders(result);
  const [first] = failed;
  return {
    result,
    status: result.status,
    failed: failed.length,
    topFailureReason: topFailureReason(result),
    nextCommand: first && explain(first, fixtures),
    output,
    junit,
    comparedWithItself,
  };
}

/** Refuse unwritable output paths, and those that would replace an input, before any work is done. */
function checkTargets(config: string, output: string, junit: string | undefined): void {
  const taken = new Map([[cleanPath(config), "the config"]]);
  for (const [path, what] of [[output, "the result"], [junit, "the JUnit report"]] as const) {
    if (path === undefined) continue;
    const cleaned = insideWorkingFolder(path);
    const other = taken.get(cleaned);
    if (other) throw invalidInput(`Cannot write ${what} to "${path}": ${other} is there`);
    taken.set(cleaned, what);
  }
}

function asksForContext(fixture: LoadedFixture["fixture"]): boolean {
  return fixture.context_conformance !== undefined || fixture.expected_context_set_digest !== undefined ||
    fixture.allow_context_runtime_drift;
}

async function ownOrNamed(
  { fixture, folder, path, pack }: LoadedFixture,
  { files }: PackPlaces,
): Promise<Candidate> {
  return fixture.candidate_runpack === undefined
    ? { kind: "own", path, pack }
    : await readNamedCandidate(files, folder, fixture.candidate_runpack);
}

function explain(failed: GraderResult, fixtures: readonly LoadedFixture[]): string {
  const { path } = fixtures.find(({ fixture }) => failed.name.startsWith(`${fixture.name}/`))!;
  return nextCommand(failed, path);
}
