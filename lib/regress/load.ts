import type { Files } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { cleanPath, folderOf } from "../formats/path.ts";
import type { ConfigEntry } from "../schema/regress.ts";
import { type Fixture, FIXTURE_FILE, readFixture } from "./fixture.ts";

/** A fixture that is ready to be graded. */
export interface LoadedFixture {
  readonly fixture: Fixture;
  /** Its runpack; relative paths are relative to the working folder. */
  readonly path: string;
  readonly folder: string;
  readonly pack: Runpack;
}

/**
 * Load a fixture of a config (docs/spec/regress.md 1.5, step 2): its runpack is intact, and config, `fixture.json` and
 * runpack agree on what it is.
 *
 * @throws {GaitError} `invalid_input`, or `verification_failed` when the archive is ambiguous; names the fixture
 */
export async function loadFixture(files: Files, entry: ConfigEntry): Promise<LoadedFixture> {
  try {
    return await load(files, entry);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    throw new GaitError(error.code, `Cannot load fixture "${entry.name}": ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
}

async function load(files: Files, { name, run_id: runId, runpack }: ConfigEntry): Promise<LoadedFixture> {
  const path = cleanPath(runpack);
  const folder = folderOf(path);
  const pack = await readRunpack(await files.read(path));
  const fixturePath = cleanPath(`${folder}/${FIXTURE_FILE}`);
  const { fixture } = readFixture(await files.read(fixturePath), fixturePath);
  if (fixture.name !== name) throw invalidInput(`${fixturePath} names "${fixture.name}"`);
  if (runId !== "" && runId !== fixture.run_id) {
    throw invalidInput(`The config says run "${runId}", ${fixturePath} says "${fixture.run_id}"`);
  }
  if (pack.run.run_id !== fixture.run_id) {
    throw invalidInput(`${fixturePath} says run "${fixture.run_id}", the runpack is of "${pack.run.run_id}"`);
  }
  return { fixture, path, folder, pack };
}
