import { invalidOption, missingOption } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import type { GraderResult } from "../schema/regress.ts";
import { acceptCandidate } from "./accept.ts";
import { type Candidate, readNamedCandidate } from "./candidate.ts";
import { type AtLeast, findCandidates, gradeCandidates, parseAtLeast } from "./candidate_set.ts";
import { type LoadedFixture, loadFixture } from "./config.ts";
import { driftOf, type FixtureDrift } from "./drift.ts";
import { gradeFixture } from "./grade.ts";
import type { GradeOptions } from "./graders.ts";
import { type NamedRerun, readReruns } from "./rerun.ts";

/** What fixtures are compared with, beside runs that are named one by one. */
export interface CompareOptions {
  readonly candidateFolder?: string | undefined;
  readonly atLeast?: string | undefined;
  readonly accept?: readonly string[];
}

/** The runs to compare fixtures with, by the name of the fixture. */
export interface Compared {
  readonly reruns: ReadonlyMap<string, Candidate>;
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly atLeast: AtLeast | undefined;
}

/** Read what was given to compare with; contradictions are refused before anything is graded. */
export async function readCompared(
  { candidateFolder, atLeast: given, accept = [] }: CompareOptions,
  reruns: readonly NamedRerun[],
  names: readonly string[],
  places: PackPlaces,
): Promise<Compared> {
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
      (name) => `Cannot use ${name("accept")} "${without}": no candidate of such a fixture was given`,
      (name) => `Give the run with ${name("candidates")} ${without}=<run_id|path>`,
    );
  }
  return { reruns: byName, sets, atLeast };
}

/** A fixture with its grades, and what it was compared with. */
export interface GradedFixture {
  readonly loaded: LoadedFixture;
  /** Absent when it was compared with many runs. */
  readonly candidate?: Candidate;
  grades: GraderResult[];
  drift?: FixtureDrift | undefined;
}

export async function gradeOne(
  loaded: LoadedFixture,
  { reruns, sets, atLeast }: Compared,
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
  return { loaded, candidate, grades, drift: drift?.first === undefined ? undefined : drift };
}

/** Record a candidate as what is expected; its drift is shown all the same. */
export async function acceptOne(
  one: GradedFixture,
  config: string,
  rules: GradeOptions,
  files: Files,
): Promise<void> {
  const { loaded, candidate } = one;
  if (candidate?.kind !== "rerun") return; // every accepted fixture has one, or nothing was graded
  one.drift = driftOf({ ...loaded, candidate });
  await acceptCandidate(loaded, candidate, config, files);
  const entry = { name: loaded.fixture.name, run_id: "", runpack: loaded.path };
  one.grades = await gradeFixture({ ...await loadFixture(files, entry), candidate }, rules);
}

async function ownOrNamed(
  { fixture, folder, path, pack }: LoadedFixture,
  { files }: PackPlaces,
): Promise<Candidate> {
  return fixture.candidate_runpack === undefined
    ? { kind: "own", path, pack }
    : await readNamedCandidate(files, folder, fixture.candidate_runpack);
}
