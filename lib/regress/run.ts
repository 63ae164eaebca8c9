import { type GaitError, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { mapAhead } from "../formats/ahead.ts";
import { cleanPath, folderOf, insideWorkingFolder } from "../formats/path.ts";
import type { GraderResult, RegressResult } from "../schema/regress.ts";
import { readAspects } from "./aspects.ts";
import { acceptAll, type GradedFixture, gradeOne, readCandidates } from "./compare.ts";
import type { FixtureDrift } from "./drift.ts";
import { encodeSarif, OLDER_SARIF } from "./sarif.ts";
import { CONFIG_FILE, type LoadedFixture, loadFixture, readConfig } from "./config.ts";
import { encodeJunit, OLDER_JUNIT } from "./junit.ts";
import {
  assembleResult,
  encodeRegressResult,
  failedGraders,
  nextCommand,
  OLDER_RESULT,
  topFailureReason,
} from "./result.ts";
import { finishReplacement } from "./replace_together.ts";
import { type NamedRerun, parseReruns } from "./rerun.ts";

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
  /** Whether the JUnit report is to fit the schema of Jenkins, instead of being as it was recorded. */
  readonly junitJenkins?: boolean;
  /** Enforce the context grader on all fixtures. */
  readonly contextConformance?: boolean;
  /** Accept a context that differs only in retrieval times. */
  readonly allowRuntimeDrift?: boolean;
  /** What of a recording to compare in every fixture: `order`, `replay`, `run`, `timeline`. */
  readonly alsoCompare?: readonly string[];
  /**
   * Runs to compare fixtures with, in place of those that their `fixture.json` names: `<run_id|path>` for all, or
   * `<fixture>=<run_id|path>` for one.
   */
  readonly candidates?: readonly string[];
  /** A folder of runs to compare with; each fixture passes when enough of them do. */
  readonly candidateFolder?: string | undefined;
  /** How many of how many of them must pass, e.g. `8/10`; all when absent. */
  readonly atLeast?: string | undefined;
  /** Fixtures whose candidate becomes what is expected. */
  readonly accept?: readonly string[];
  /** File for a SARIF report; none when absent. */
  readonly sarif?: string | undefined;
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
  /** How the calls of candidates differ, for fixtures that failed or were accepted. */
  readonly drift: readonly FixtureDrift[];
  /** Fixtures whose candidate is expected from here on. */
  readonly accepted: readonly string[];
  /** Absent when no report was written. */
  readonly sarif: string | undefined;
  /** Folder of each fixture, by name. */
  readonly folders: ReadonlyMap<string, string>;
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
  const { config = CONFIG_FILE, output = RESULT_FILE, junit, sarif, accept = [] } = options;
  const { contextConformance = false, allowRuntimeDrift = false } = options;
  const alsoCompare = readAspects(options.alsoCompare ?? [], "aspect to compare");
  await checkReports(options, files);

  await finishReplacement(files);
  if (await files.stat(config) === undefined) throw await noConfig(config, files);
  const { fixtureSet, fixtures: entries } = await readConfig(await files.read(config), config);
  const fixtures: LoadedFixture[] = [];
  for await (const fixture of mapAhead(entries, (entry) => loadFixture(files, entry))) fixtures.push(fixture);
  const names = entries.map((entry) => entry.name);
  const compared = await readCandidates(options, given, names, places);
  const rules = {
    context: contextConformance || fixtures.some(({ fixture }) => asksForContext(fixture)),
    enforceContext: contextConformance,
    allowRuntimeDrift,
    alsoCompare,
  };
  const graded: GradedFixture[] = [];
  const grade = (loaded: LoadedFixture) => gradeOne(loaded, compared, rules, places);
  for await (const one of mapAhead(fixtures, grade)) graded.push(one);
  await acceptAll(graded.filter(({ loaded }) => accept.includes(loaded.fixture.name)), config, rules, files);
  const createdAt = fixtures[0]!.pack.run.created_at;
  const grades = graded.flatMap((one) => one.grades);
  const result = assembleResult({ createdAt, version, fixtureSet }, grades);
  const folders = new Map(fixtures.map(({ fixture, folder }) => [fixture.name, folder]));

  await files.writeOutput(output, encodeRegressResult(result), OLDER_RESULT);
  if (junit !== undefined) {
    await files.makeFolder(folderOf(junit));
    await files.writeOutput(junit, encodeJunit(result, options.junitJenkins), OLDER_JUNIT);
  }
  if (sarif !== undefined) {
    await files.makeFolder(folderOf(sarif));
    await files.writeOutput(sarif, encodeSarif(result, folders), OLDER_SARIF);
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
    sarif,
    comparedWithItself: graded.filter(({ candidate }) => candidate?.kind === "own")
      .map(({ loaded }) => loaded.fixture.name),
    drift: graded.flatMap(({ drift }) => drift ?? []),
    accepted: names.filter((name) => accept.includes(name)),
    folders,
  };
}

/**
 * Refuse paths of reports that can't be written, or that would replace what is read, before any work is done.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkReports(
  { config = CONFIG_FILE, output = RESULT_FILE, junit, sarif }: Omit<RunOptions, "candidates">,
  files: Files,
): Promise<void> {
  const taken = new Map([[cleanPath(config), "the config"]]);
  const reports = [
    ["the result", output, OLDER_RESULT],
    ["the JUnit report", junit, OLDER_JUNIT],
    ["the SARIF report", sarif, OLDER_SARIF],
  ] as const;
  for (const [what, path, older] of reports) {
    if (path === undefined) continue;
    const cleaned = insideWorkingFolder(path);
    const other = taken.get(cleaned);
    if (other) throw invalidInput(`Cannot write ${what} to "${path}": ${other} is there`);
    taken.set(cleaned, what);
    await files.checkOutput(path, older);
  }
}

/** Somebody's first `regress run` meets no config, or runs in a folder of the project; its path is not what is wrong then. */
async function noConfig(path: string, files: Files): Promise<GaitError> {
  const above = path === CONFIG_FILE ? await folderAbove(files) : undefined;
  return invalidInput(`Cannot read "${path}": no such file`, {
    hint: above !== undefined
      ? `There is one in ${above}: run it from there, since its paths count from there`
      : path === CONFIG_FILE
      ? "There are no regressions here yet; make the first one with: gait regress init --from <run_id|path>"
      : "Check the path; gait regress init --from <run_id|path> makes a gait.yaml",
  });
}

/** The nearest folder above that has regressions. */
async function folderAbove(files: Files): Promise<string | undefined> {
  for (let above = ".."; above.length < 3 * MAX_ABOVE; above += "/..") {
    if (await files.isFile(`${above}/${CONFIG_FILE}`)) return above;
  }
  return undefined;
}

const MAX_ABOVE = 8;

function asksForContext(fixture: LoadedFixture["fixture"]): boolean {
  return fixture.context_conformance !== undefined || fixture.expected_context_set_digest !== undefined ||
    fixture.allow_context_runtime_drift;
}

function explain(failed: GraderResult, fixtures: readonly LoadedFixture[]): string {
  const { path } = fixtures.find(({ fixture }) => failed.name.startsWith(`${fixture.name}/`))!;
  return nextCommand(failed, path);
}
