import { GaitError, invalidInput } from "../errors/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import type { Candidate, ComparedRun } from "./candidate.ts";
import { resolveSource, type Source } from "./source.ts";

/** A run given on the command line, and the fixture to compare it with; all fixtures if none is named. */
export interface NamedRerun {
  readonly fixture: string | undefined;
  readonly target: string;
}

/**
 * Read reruns: `<run_id|path>` for all fixtures, `<fixture>=<run_id|path>` for one.
 *
 * @throws {GaitError} `invalid_input` when an entry names nothing, or two name the same
 */
export function parseReruns(entries: readonly string[]): NamedRerun[] {
  const reruns: NamedRerun[] = [];
  for (const entry of entries.map((entry) => entry.trim())) {
    const pair = /^([^/\\=]+)=(.*)$/s.exec(entry);
    const fixture = pair?.[1]?.trim();
    const target = pair ? pair[2]!.trim() : entry;
    if (target === "") throw invalidInput(`Cannot use candidate "${entry}": it names no run`);
    if (reruns.some((rerun) => rerun.fixture === fixture)) {
      throw invalidInput(
        `Cannot use candidate "${entry}": there is one for ${fixture ?? "all fixtures"} already`,
      );
    }
    reruns.push({ fixture, target });
  }
  return reruns;
}

/**
 * Read the reruns of fixtures. They come from the command line, so a missing or damaged one is an error, not a failed
 * fixture.
 *
 * @param names fixtures that are run
 * @returns the candidates, by the name of the fixture
 * @throws {GaitError} `invalid_input` when a fixture is not run or a run does not read, `verification_failed` when
 * its archive is ambiguous
 */
export async function readReruns(
  reruns: readonly NamedRerun[],
  names: readonly string[],
  places: PackPlaces,
): Promise<Map<string, Candidate>> {
  const byFixture = new Map<string, Candidate>();
  // Reruns for a named fixture come last, so that they override the one for all.
  for (const { fixture, target } of reruns.toSorted((a, b) => Number(!!a.fixture) - Number(!!b.fixture))) {
    if (fixture !== undefined && !names.includes(fixture)) {
      throw invalidInput(`Cannot use candidate "${fixture}=${target}": no fixture "${fixture}" is run`, {
        hint: `Fixtures that are run: ${names.join(", ")}; if it is a file, write ./${fixture}=${target}`,
      });
    }
    const rerun = await readRerun(target, places);
    for (const name of fixture === undefined ? names : [fixture]) byFixture.set(name, rerun);
  }
  return byFixture;
}

/**
 * Read one run as a candidate.
 *
 * @throws {GaitError} as {@linkcode readReruns} does
 */
export async function readRerun(target: string, places: PackPlaces): Promise<ComparedRun> {
  const source = await sourceOf(target, places);
  const { path, pack, unreadable } = source;
  if (!pack) throw invalidInput(`Cannot use candidate "${target}": its records do not read: ${unreadable}`);
  return { kind: "rerun", path, pack, source };
}

/** Errors name the candidate, because there may be one for each fixture. */
async function sourceOf(target: string, places: PackPlaces): Promise<Source> {
  try {
    return await resolveSource({ from: target }, places);
  } catch (error) {
    if (!(error instanceof GaitError) || error.message.includes(target)) throw error;
    throw new GaitError(error.code, `Cannot use candidate "${target}": ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
}
