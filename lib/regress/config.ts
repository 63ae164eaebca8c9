import { GaitError, invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { CONFIG_SCHEMA_ID, type ConfigEntry, configSchema } from "../schema/regress.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { checkConfigName, fixtureFolder, FIXTURES_FOLDER, isFixtureName } from "./fixture_name.ts";
import type { Files } from "../effects/mod.ts";
import { type Fixture, FIXTURE_FILE, readFixture, RUNPACK_FILE } from "./fixture.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { cleanPath, folderOf, foreignPathFault } from "../formats/path.ts";
import { isYamlConfig, readYamlConfig } from "./config_yaml.ts";

/** The config file of a folder. */
export const CONFIG_FILE = "gait.yaml";

/** The default name of a fixture set. */
export const DEFAULT_SET = "default";

/** Detail of the error of a config that lists nothing. */
export const NO_FIXTURES = "no_fixtures";

/** A checked config; fixtures are sorted by name. */
export interface RegressConfig {
  readonly fixtureSet: string;
  readonly fixtures: readonly ConfigEntry[];
}

/**
 * Read a config, JSON or YAML (docs/spec/regress.md 1.5, step 1). Unknown members are ignored; duplicate keys and fixtures are
 * refused, because the config decides what is run.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function readConfig(bytes: Uint8Array, what: string): Promise<RegressConfig> {
  const document = isYamlConfig(bytes)
    ? await readYamlConfig(bytes, what)
    : readJsonObject(bytes, { what, duplicates: "refuse" });
  const stored = decode(configSchema, document, what);
  const schemaId = stored.schema_id || CONFIG_SCHEMA_ID;
  const version = stored.schema_version || RECORD_VERSION;
  if (schemaId !== CONFIG_SCHEMA_ID || version !== RECORD_VERSION) {
    throw invalidInput(
      `Cannot read ${what}: it is "${schemaId}" ${version}, expected "${CONFIG_SCHEMA_ID}" ${RECORD_VERSION}`,
    );
  }
  if (stored.fixtures.length === 0) {
    throw invalidInput(`Cannot read ${what}: it lists no fixtures`, {
      hint: "Make one of a run with: gait regress init --from <run_id>",
      detail: NO_FIXTURES,
    });
  }
  const fixtures = stored.fixtures.toSorted((a, b) => compareBytewise(a.name, b.name));
  fixtures.forEach(({ name, runpack }, i) => {
    checkConfigName(name);
    if (runpack.trim() === "") throw invalidInput(`Cannot read ${what}: fixture "${name}" names no runpack`);
    if (fixtures[i + 1]?.name === name) throw invalidInput(`Cannot read ${what}: it has "${name}" twice`);
  });
  return { fixtureSet: stored.fixture_set || DEFAULT_SET, fixtures };
}

/** Encode a config. */
export function encodeConfig({ fixtureSet, fixtures }: RegressConfig): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: CONFIG_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    fixture_set: fixtureSet,
    fixtures: fixtures
      .toSorted((a, b) => compareBytewise(a.name, b.name))
      .map(({ name, run_id, runpack }) => ({ name, run_id, runpack })),
  });
}

/**
 * List the fixtures of the working folder, in the order of their names (docs/spec/regress.md 1.3). Folders with other
 * names or without a fixture are ignored.
 *
 * @param except a fixture to skip
 * @throws {GaitError} `invalid_input` if a fixture is broken: a config without it would hide the problem
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
  const fault = foreignPathFault(fixture.runpack);
  if (fault !== undefined) throw broken(name, `its runpack "${fixture.runpack}": ${fault}`);
  const runpack = `${fixtureFolder(name)}/${fixture.runpack}`;
  if (!await files.isFile(runpack)) throw broken(name, `its runpack "${fixture.runpack}" is missing`);
  return { name, run_id: fixture.run_id, runpack };
}

function broken(name: string, reason: string) {
  return invalidInput(`Cannot list fixture "${name}": ${reason}`, {
    hint: `Repair or remove the folder ${fixtureFolder(name)}`,
  });
}

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
