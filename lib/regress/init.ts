import { GaitError, ifReadable, invalidInput, invalidOption } from "../errors/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { diffRunpacks, isChanged } from "../runpack/diff.ts";
import { readRunpack } from "../runpack/read.ts";
import { equalBytes } from "../formats/bytes.ts";
import { equalHex } from "../signing/mod.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import {
  CONFIG_FILE,
  DEFAULT_SET,
  encodeConfig,
  readConfig,
  type RegressConfig,
  scanFixtures,
} from "./config.ts";
import { describeFixture, FIXTURE_FILE, keepExpectations, readFixture, RUNPACK_FILE } from "./fixture.ts";
import { checkFixtureName, deriveFixtureName, fixtureFolder } from "./fixture_name.ts";
import { type RecordedBehaviour, recordedBehaviour, rememberedWarnings } from "./recorded.ts";
import { replacedConfig, replacedFixture, writeTogether } from "./replace.ts";
import { resolveSource } from "./source.ts";
import { toolRules } from "./trajectory.ts";

/** The parameters of a new fixture. */
export interface InitOptions {
  /** Name of the fixture; derived from the run id when absent. */
  readonly name?: string | undefined;
  /** Which checkpoint of a session chain: `latest`, which is the default, or an index from 1. */
  readonly checkpoint?: string | undefined;
  /** Digest that the manifest of the run must have: it was captured before. */
  readonly manifestDigest?: string | undefined;
  /** Keep the expectations of an existing fixture, and the name of the fixture set. */
  readonly keep?: boolean;
  /** Tools that no run may call, whatever the recorded one did. */
  readonly never?: readonly string[];
  /** Tools that every run must call. */
  readonly must?: readonly string[];
  /** Also allow a run without calls. */
  readonly allowEmpty?: boolean;
  /** Replace a fixture that holds the recording of another run. */
  readonly force?: boolean;
}

/** A created fixture. */
export interface InitReport {
  readonly runId: string;
  readonly name: string;
  readonly folder: string;
  readonly runpack: string;
  readonly config: string;
  /** Its expectations. */
  readonly expectations: JsonObject;
  /** The behaviour of the run, so that the user sees what is recorded as correct. */
  readonly recorded: RecordedBehaviour | undefined;
  /** What was replaced, and what will not work later. */
  readonly warnings: readonly string[];
}

/**
 * Create a regression fixture from a run, and list all fixtures in `gait.yaml` (docs/spec/regress.md 1.3).
 *
 * INVARIANT: source, name and the other fixtures are checked before anything is created, and a failed write leaves no
 * partial fixture.
 *
 * @param from run id, path of a runpack or a pack of a run, or path of a session chain; taken as it is
 * @throws {GaitError} `invalid_input`, or `verification_failed` for an ambiguous archive
 */
export async function initFixture(
  from: string,
  options: InitOptions,
  places: PackPlaces,
): Promise<InitReport> {
  const { files } = places;
  const { checkpoint, keep = false, never = [], must = [], allowEmpty = false, force = false } = options;
  const rules = toolRules(never, must);
  const source = await resolveSource({ from, checkpoint }, places);
  if (options.manifestDigest !== undefined && !equalHex(options.manifestDigest, source.manifestDigest)) {
    throw invalidInput(`Cannot make a fixture of "${source.path}": it is not the run that was captured`, {
      hint: "Capture it anew, or name the run itself with --from",
    });
  }
  if (source.pack?.intents.length === 0 && !allowEmpty) {
    throw invalidOption(
      () => `Cannot make a fixture of run "${source.runId}": it called nothing`,
      (option) =>
        `A test that expects nothing passes whenever nothing is done; if that is meant, give ${
          option("allowEmpty")
        }`,
    );
  }
  const name = options.name ?? deriveFixtureName(source.runId);
  checkFixtureName(name);
  const folder = fixtureFolder(name);
  const paths = { runpack: `${folder}/${RUNPACK_FILE}`, fixture: `${folder}/${FIXTURE_FILE}` };
  const existing = await files.stat(folder);
  if (existing && existing.kind !== "folder") {
    throw invalidInput(`Cannot make fixture "${name}": "${folder}" is not a folder`);
  }

  const old = await files.isFile(paths.fixture) ? await files.read(paths.fixture) : undefined;
  const oldPack = await files.isFile(paths.runpack) ? await files.read(paths.runpack) : undefined;
  if (!keep && !force && oldPack && await isOtherRun(oldPack, source.bytes)) {
    throw invalidInput(`Cannot make fixture "${name}": it holds the recording of another run`, {
      hint: "Give another --name, --keep to replace the recording alone, or --force to replace all of it",
      detail: "output_exists",
    });
  }
  const document = keep && old
    ? keepExpectations(readFixture(old, paths.fixture).document, source, name, rules)
    : describeFixture(source, name, rules);
  const oldConfig = await readOldConfig(places);
  const config: RegressConfig = {
    fixtureSet: keep && oldConfig ? oldConfig.fixtureSet : DEFAULT_SET,
    fixtures: [
      ...await scanFixtures(files, name),
      { name, run_id: source.runId, runpack: paths.runpack },
    ],
  };
  const warnings = [
    ...replacedFixture(name, old, document, oldPack === undefined || equalBytes(oldPack, source.bytes)),
    ...replacedConfig(oldConfig, config),
    ...(source.pack ? rememberedWarnings(source.pack, document, rules) : []),
    ...(source.unreadable === undefined
      ? []
      : [`records of the run do not read, so "gait regress run" will refuse it: ${source.unreadable}`]),
  ];

  await files.makeFolder(folder);
  await writeTogether(files, [
    { path: paths.runpack, content: source.bytes },
    { path: paths.fixture, content: prettyJson(document) },
    { path: CONFIG_FILE, content: encodeConfig(config) },
  ]);
  return {
    runId: source.runId,
    name,
    folder,
    runpack: paths.runpack,
    config: CONFIG_FILE,
    expectations: document,
    recorded: source.pack && recordedBehaviour(source.pack),
    warnings,
  };
}

/**
 * Whether a recording is of another run; the same run with a new signature is not. An unreadable file counts as
 * another one, because it may be evidence.
 */
async function isOtherRun(old: Uint8Array<ArrayBuffer>, fresh: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (equalBytes(old, fresh)) return false;
  const summary = await ifReadable(async () =>
    diffRunpacks(await readRunpack(old), await readRunpack(fresh), "full")
  );
  return summary === undefined || isChanged(summary);
}

/** The config to be replaced; an unreadable one has nothing to keep. */
async function readOldConfig({ files }: PackPlaces): Promise<RegressConfig | undefined> {
  if (!await files.isFile(CONFIG_FILE)) return undefined;
  try {
    return readConfig(await files.read(CONFIG_FILE), CONFIG_FILE);
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return undefined;
    throw error;
  }
}
