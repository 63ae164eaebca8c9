import { invalidOption, missingOption } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import type { GraderResult } from "../schema/regress.ts";
import { acceptCandidates } from "./accept.ts";
import { type Candidate, readNamedCandidate } from "./candidate.ts";
import { type AtLeast, findCandidates, gradeCandidates, parseAtLeast } from "./candidate_set.ts";
import { type LoadedFixture, loadFixture } from "./config.ts";
import { driftOf, type FixtureDrift } from "./drift.ts";
import { gradeFixture } from "./grade.ts";
import type { GradeOptions } from "./graders.ts";
import { type NamedRerun, readReruns } from "./rerun.ts";

/** Options for candidates, in addition to runs that are named one by one. */
export interface CompareOptions {
  readonly candidateFolder?: string | undefined;
  readonly atLeast?: string | undefined;
  readonly accept?: readonly string[];
}

/** The candidates of each fixture, by the name of the fixture. */
export interface CompareContext {
  readonly reruns: ReadonlyMap<string, Candidate>;
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly atLeast: AtLeast | undefined;
}

/** Read the candidates; contradictory options are refused before anything is graded. */
export async function readCandidates(
  { candidateFolder, atLeast: given, accept = [] }: CompareOptions,
  reruns: readonly NamedRerun[],
  names: readonly string[],
  places: PackPlaces,
): Promise<CompareContext> {
  const atLeast = given === undefined ? undefined : parseAtLeast(given);
  if (atLeast && candidateFolder === undefined) {
    throw missingOption("candidateFolder", (name) => `${name("atLeast")} counts the runs of such a folder`);
  }
  if (candidateFolder !== undefined && (reruns.length > 0 || accept.length > 0)) {
    throw invalidOption((name) =>
      `Cannot use ${name("candidateFolder")} together with ${name("candidates")} or ${name("accept")}`
    );
  }
  const sets = candidateFolder === undefined
    ? new Map<string, readonly string[]>()
    : await findCandidates(candidateFolder, names, atLeast, places);
  const byName = await readReruns(reruns, names, places);
  const without = accept.find((name) => !byName.has(name));
  if (without !== undefined) {
    throw invalidOption(
      (name) => `Cannot use ${name("accept")} "${without}": no candidate was given for this fixture`,
      (name) => `Give the run with ${name("candidates")} ${without}=<run_id|path>`,
    );
  }
  return { reruns: byName, sets, atLeast };
}

/** A fixture with its grades and its candidate. */
export interface GradedFixture {
  readonly loaded: LoadedFixture;
  /** Absent when the fixture was compared with a folder of runs. */
  readonly candidate?: Candidate;
  grades: GraderResult[];
  drift?: FixtureDrift | undefined;
}

export async function gradeOne(
  loaded: LoadedFixture,
  { reruns, sets, atLeast }: CompareContext,
  rules: GradeOptions,
  places: PackPlaces,
): Promise<GradedFixture> {
  const paths = sets.get(loaded.fixture.name);
  if (paths) return { loaded, grades: await gradeCandidates(loaded, paths, atLeast, rules, places) };
  const candidate = reruns.get(loaded.fixture.name) ?? await ownOrNamed(loaded, places);
  const grades = await gradeFixture({ ...loaded, candidate }, rules);
  const drifted = grades.some(({ name, status }) =>
    status !== "pass" && /\/(?:trajectory|diff|tool_rules)$/.test(name)
  );
  const drift = drifted ? driftOf({ ...loaded, candidate }) : undefined;
  return { loaded, candidate, grades, drift };
}

/** Accept the candidates of fixtures as their new expectations; their drift is still reported. */
export async function acceptAll(
  graded: readonly GradedFixture[],
  config: string,
  rules: GradeOptions,
  files: Files,
): Promise<void> {
  const acceptances = graded.flatMap((one) => {
    // Every accepted fixture has a rerun, which was checked before grading.
    return one.candidate?.kind === "rerun" ? [{ one, loaded: one.loaded, candidate: one.candidate }] : [];
  });
  if (acceptances.length === 0) return;
  for (const { one, loaded, candidate } of acceptances) one.drift = driftOf({ ...loaded, candidate });
  await acceptCandidates(acceptances, config, files);
  for (const { one, loaded, candidate } of acceptances) {
    const entry = { name: loaded.fixture.name, run_id: "", runpack: loaded.path };
    one.grades = await gradeFixture({ ...await loadFixture(files, entry), candidate }, rules);
  }
}

async function ownOrNamed(
  { fixture, folder, path, pack }: LoadedFixture,
  { files }: PackPlaces,
): Promise<Candidate> {
  return fixture.candidate_runpack === undefined
    ? { kind: "own", path, pack }
    : await readNamedCandidate(files, folder, fixture.candidate_runpack);
}
