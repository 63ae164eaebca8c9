import { GaitError, invalidInput, invalidOption } from "../errors/mod.ts";
import { uniqueSorted } from "../formats/bytes.ts";
import { joinPath } from "../formats/path.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import type { GraderResult } from "../schema/regress.ts";
import type { LoadedFixture } from "./config.ts";
import { gradeFixture } from "./grade.ts";
import type { GradeOptions } from "./graders.ts";
import { readRerun } from "./rerun.ts";
import { UNREADABLE_CANDIDATE } from "./result.ts";

/** How many of how many candidates must pass. */
export interface AtLeast {
  readonly passes: number;
  readonly of: number;
}

/**
 * Read a threshold such as `8/10`: there must be at least ten runs, and eight of every ten must pass.
 *
 * @throws {GaitError} `invalid_input`
 */
export function parseAtLeast(text: string): AtLeast {
  const [, passes, of] = /^\s*([0-9]{1,6})\s*\/\s*([0-9]{1,6})\s*$/.exec(text) ?? [];
  const [least, total] = [Number(passes), Number(of)];
  if (least >= 1 && least <= total) return { passes: least, of: total };
  throw invalidOption(
    (name) => `Cannot use ${name("atLeast")} "${text}"`,
    (name) => `For example: ${name("atLeast")} 8/10`,
  );
}

/**
 * Find the runs of a folder to compare with each fixture: the runpacks in its subfolder with the fixture's name; with
 * only one fixture, they may also be in the folder itself.
 *
 * @throws {GaitError} `invalid_input` when a fixture has no runs, or fewer than the threshold demands
 */
export async function findCandidates(
  folder: string,
  fixtures: readonly string[],
  atLeast: AtLeast | undefined,
  { files }: PackPlaces,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const name of fixtures) {
    const own = joinPath(folder, name);
    const isOwn = (await files.stat(own))?.kind === "folder";
    if (!isOwn && fixtures.length > 1) {
      throw invalidInput(`Cannot compare fixture "${name}": there is no folder "${own}"`, {
        hint: "Put the runs of each fixture into a folder with the name of the fixture",
      });
    }
    const at = isOwn ? own : folder;
    const paths = (await files.list(at)).filter((file) => /\.zip$/i.test(file)).map((file) =>
      joinPath(at, file)
    );
    const least = atLeast?.of ?? 1;
    if (paths.length < least) {
      throw invalidInput(`Cannot compare fixture "${name}": "${at}" has ${paths.length} runs, not ${least}`, {
        hint: "Record more runs of the task, or demand fewer",
      });
    }
    found.set(name, paths);
  }
  return found;
}

/** Maximum number of failed candidates that a result lists. */
const MAX_LISTED = 20;

/**
 * Grade a fixture by many runs of its task, because a model answers differently each time. The fixture passes when
 * enough runs pass; an unreadable run counts as failed.
 */
export async function gradeCandidates(
  loaded: LoadedFixture,
  paths: readonly string[],
  atLeast: AtLeast | undefined,
  options: GradeOptions,
  places: PackPlaces,
): Promise<GraderResult[]> {
  const { fixture, path, pack } = loaded;
  const own = await gradeFixture({ fixture, pack, candidate: { kind: "own", path, pack } }, options);
  const failed: { candidate: string; reason_codes: string[] }[] = [];
  for (const candidate of paths) {
    const codes = await reasonsAgainst(loaded, candidate, options, places);
    if (codes.length > 0) failed.push({ candidate, reason_codes: codes });
  }
  const passed = paths.length - failed.length;
  const required = atLeast ? Math.ceil(paths.length * atLeast.passes / atLeast.of) : paths.length;
  const enough = passed >= required;
  return [
    ...own.filter(({ name }) => OWN.some((grader) => name === `${fixture.name}/${grader}`)),
    {
      name: `${fixture.name}/candidates`,
      status: enough ? "pass" : "fail",
      reason_codes: [enough ? "candidates_pass" : "too_few_candidates_pass"],
      details: {
        candidates: paths.length,
        failed_candidates: failed.slice(0, MAX_LISTED),
        fixture: fixture.name,
        passed,
        required,
        run_id: fixture.run_id,
      },
    },
  ];
}

/** Graders that check only the fixture. */
const OWN = ["schema_validation", "expected_exit_code"];

/** The reasons why a run fails the fixture; empty when it passes. */
async function reasonsAgainst(
  loaded: LoadedFixture,
  path: string,
  options: GradeOptions,
  places: PackPlaces,
): Promise<string[]> {
  try {
    const candidate = await readRerun(path, places);
    const results = (await gradeFixture({ ...loaded, candidate }, options)).filter((r) =>
      r.status !== "pass"
    );
    return uniqueSorted(results.flatMap((result) => result.reason_codes));
  } catch (error) {
    if (!(error instanceof GaitError) || error.code === "io_failure") throw error;
    return [UNREADABLE_CANDIDATE];
  }
}
