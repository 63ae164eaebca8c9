import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import type { ConfigEntry } from "../schema/regress.ts";
import { FIXTURE_FILE, readFixture, RUNPACK_FILE } from "./fixture.ts";
import { fixtureFolder, FIXTURES_FOLDER, isFixtureName } from "./fixture_name.ts";

/**
 * List the fixtures of the working folder, in the order of their names (docs/spec/regress.md 1.3). Folders of other
 * names, and folders without fixture, are no business of ours.
 *
 * @param except fixture to leave out
 * @throws {GaitError} `invalid_input` when a fixture is broken: a config that leaves it out would hide it
 */
export async function scanFixtures(files: Files, except?: string): Promise<ConfigEntry[]> {
  const entries: ConfigEntry[] = [];
  for (const name of await files.list(FIXTURES_FOLDER)) {
    if (name === except || !isFixtureName(name)) continue;
    const folder = fixtureFolder(name);
    if ((await files.stat(folder))?.kind !== "folder") continue;
    const path = `${folder}/${FIXTURE_FILE}`;
    if (await files.isFile(path)) {
      entries.push(await scanFixture(files, name, path));
    } else if (await files.isFile(`${folder}/${RUNPACK_FILE}`)) {
      throw broken(name, `it has a ${RUNPACK_FILE} but no ${FIXTURE_FILE}`);
    }
  }
  return entries;
}

async function scanFixture(files: Files, name: string, path: string): Promise<ConfigEntry> {
  const { fixture } = readFixture(await files.read(path), path);
  if (fixture.name !== name) throw broken(name, `its ${FIXTURE_FILE} names "${fixture.name}"`);
  if (/[/\\]/.test(fixture.runpack)) {
    throw broken(name, `its runpack "${fixture.runpack}" is in another folder`);
  }
  const runpack = `${fixtureFolder(name)}/${fixture.runpack}`;
  if (!await files.isFile(runpack)) throw broken(name, `its runpack "${fixture.runpack}" is missing`);
  return { name, run_id: fixture.run_id, runpack };
}

function broken(name: string, reason: string) {
  return invalidInput(`Cannot list fixture "${name}": ${reason}`, {
    hint: `Repair or remove the folder ${fixtureFolder(name)}`,
  });
}
