import type { PackPlaces } from "../runpack/locate.ts";
import { initFixture, type InitOptions, type InitReport } from "./init.ts";
import { parseReruns } from "./rerun.ts";
import { checkReports, type RunOptions, type RunReport, runWithReruns } from "./run.ts";

/** The new fixture, and the result of running all fixtures. */
export interface BootstrapReport {
  readonly fixture: InitReport;
  readonly run: RunReport;
}

/**
 * Make a fixture of a run, and run all fixtures of the config (docs/spec/regress.md 1.7).
 *
 * A candidate without a fixture name is compared with the new fixture only, because it is a run of the same task.
 *
 * @throws {GaitError} as {@linkcode initFixture} and `runRegressions` do; nothing is created when a candidate names
 * an unknown fixture, or a report can't be written
 */
export async function bootstrapFixture(
  from: string,
  init: InitOptions,
  run: RunOptions,
  places: PackPlaces,
  version: string,
): Promise<BootstrapReport> {
  const given = parseReruns(run.candidates ?? []);
  await checkReports(run, places.files);
  const fixture = await initFixture(from, init, places);
  const reruns = given.map((rerun) => ({ ...rerun, fixture: rerun.fixture ?? fixture.name }));
  return { fixture, run: await runWithReruns(run, reruns, places, version) };
}
