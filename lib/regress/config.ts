import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { CONFIG_SCHEMA_ID, type ConfigEntry, configSchema } from "../schema/regress.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { checkConfigName } from "./fixture_name.ts";

/** Where the config of a folder is. */
export const CONFIG_FILE = "gait.yaml";

/** Name of the set of all fixtures of a folder. */
export const DEFAULT_SET = "default";

/** A checked config; fixtures are sorted by name. */
export interface RegressConfig {
  readonly fixtureSet: string;
  readonly fixtures: readonly ConfigEntry[];
}

/**
 * Read a config (docs/spec/regress.md 1.5, step 1). Extra members are ignored; a key or a fixture that occurs twice is
 * refused, because it decides what is run.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readConfig(bytes: Uint8Array, what: string): RegressConfig {
  const stored = decode(configSchema, readJsonObject(bytes, { what, duplicates: "refuse" }), what);
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

/** The bytes of a config. */
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
