import { GaitError, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { cleanPath } from "../formats/path.ts";
import type { ConfigEntry } from "../schema/regress.ts";
import {
  CONFIG_FILE,
  DEFAULT_SET,
  encodeConfig,
  NO_FIXTURES,
  readConfig,
  type RegressConfig,
} from "./config.ts";
import { appendYamlFixtures, isYamlConfig } from "./config_yaml.ts";
import { replacedConfig } from "./replace.ts";

/** The new content of the config. */
export interface UpdatedConfig {
  readonly content: Uint8Array;
  readonly warnings: readonly string[];
}

/**
 * Compute the config with the fixtures of the working folder. Fixtures elsewhere that the existing config lists are
 * kept. A config that would lose anything is replaced only with force, because a person wrote it.
 *
 * @param found the fixtures of the working folder
 * @param keepSet keep the name of the fixture set; otherwise it becomes the default again, as the conformance cases
 * demand
 * @throws {GaitError} `invalid_input` with the detail `output_exists`
 */
export async function updateConfig(
  files: Files,
  found: readonly ConfigEntry[],
  { keepSet, force }: { readonly keepSet: boolean; readonly force: boolean },
): Promise<UpdatedConfig> {
  const old = await files.isFile(CONFIG_FILE) ? await files.read(CONFIG_FILE) : undefined;
  if (old === undefined) {
    return { content: encodeConfig({ fixtureSet: DEFAULT_SET, fixtures: found }), warnings: [] };
  }
  const before = await readOld(old, force);
  const fixtures = [...found, ...await fixturesElsewhere(files, before, found, force)];
  if (isYamlConfig(old) && before !== "unreadable") {
    const content = await updateYaml(old, before, fixtures);
    if (content) return { content, warnings: [] };
    if (!force) throw refuseReplace("its YAML can't be extended without changing existing content");
  }
  if (before === "unreadable") {
    return {
      content: encodeConfig({ fixtureSet: DEFAULT_SET, fixtures }),
      warnings: [`${CONFIG_FILE} was replaced; the old one could not be read`],
    };
  }
  const after = { fixtureSet: keepSet && before ? before.fixtureSet : DEFAULT_SET, fixtures };
  return { content: encodeConfig(after), warnings: replacedConfig(before, after) };
}

/** The existing config; `undefined` when it lists no fixtures. */
async function readOld(
  bytes: Uint8Array,
  force: boolean,
): Promise<RegressConfig | "unreadable" | undefined> {
  try {
    return await readConfig(bytes, CONFIG_FILE);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    if (error.detail === NO_FIXTURES) return undefined;
    if (force) return "unreadable";
    throw refuseReplace(`the existing file is not a valid config: ${error.message}`, error);
  }
}

/** Fixtures of the existing config that lie outside of the fixtures folder and whose runpack exists. */
async function fixturesElsewhere(
  files: Files,
  before: RegressConfig | "unreadable" | undefined,
  found: readonly ConfigEntry[],
  force: boolean,
): Promise<ConfigEntry[]> {
  const kept: ConfigEntry[] = [];
  const byName = new Map(found.map((entry) => [entry.name, entry]));
  for (const entry of typeof before === "object" ? before.fixtures : []) {
    const same = byName.get(entry.name);
    if (same && cleanPath(same.runpack) === cleanPath(entry.runpack)) continue;
    if (!await files.isFile(cleanPath(entry.runpack))) continue;
    if (!same) kept.push(entry);
    else if (!force) throw refuseReplace(`it lists another fixture "${entry.name}", at "${entry.runpack}"`);
  }
  return kept;
}

/** The YAML with the new fixtures appended; `undefined` when reading it back doesn't give the expected config. */
async function updateYaml(
  old: Uint8Array,
  before: RegressConfig | undefined,
  fixtures: readonly ConfigEntry[],
): Promise<Uint8Array | undefined> {
  if (before === undefined) return undefined;
  const listed = new Set(before.fixtures.map(({ name }) => name));
  const missing = fixtures.filter(({ name }) => !listed.has(name));
  const wanted = encodeConfig({ fixtureSet: before.fixtureSet, fixtures });
  const content = missing.length === 0 ? old : utf8(appendYamlFixtures(decodeUtf8(old), missing));
  try {
    const read = await readConfig(content, CONFIG_FILE);
    return decodeUtf8(encodeConfig(read)) === decodeUtf8(wanted) ? content : undefined;
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

function refuseReplace(reason: string, cause?: GaitError): GaitError {
  return invalidInput(`Cannot write ${CONFIG_FILE}: ${reason}`, {
    hint: "Correct it, or give --force to replace it",
    detail: "output_exists",
    cause,
  });
}
