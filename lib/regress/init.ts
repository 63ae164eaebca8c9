import { invalidInput, invalidOption } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { equalHex } from "../signing/mod.ts";
import { CONFIG_FILE } from "./config.ts";
import { RUNPACK_FILE } from "./fixture.ts";
import { checkFixtureName, deriveFixtureName, fixtureFolder } from "./fixture_name.ts";
import { type RecordedBehaviour, recordedBehaviour } from "./recorded.ts";
import { resolveSource } from "./source.ts";
import { toolRules } from "./trajectory.ts";
import { writeFixture } from "./write_fixture.ts";

/** The parameters of a new fixture. */
export interface InitOptions {
  /** Name of the fixture; derived from the run id when absent. */
  readonly name?: string | undefined;
  /** Which checkpoint of a session chain: `latest`, which is the default, or an index from 1. */
  readonly checkpoint?: string | undefined;
  /** Digest that the manifest must have, from a capture receipt. */
  readonly manifestDigest?: string | undefined;
  /** Keep the expectations of an existing fixture, and the name of the fixture set. */
  readonly keep?: boolean;
  /** Tools that no run may call, whatever the recorded one did. */
  readonly never?: readonly string[];
  /** Tools that every run must call. */
  readonly must?: readonly string[];
  /** Also allow a run without calls. */
  readonly allowEmpty?: boolean;
  /** Replace a recording without keeping it, and what is no recording or no config of fixtures. */
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
      hint: "Capture it again, or give the run itself with --from",
    });
  }
  if (source.pack?.intents.length === 0 && !allowEmpty) {
    throw invalidOption(
      () => `Cannot make a fixture of run "${source.runId}": it has no tool calls`,
      (option) =>
        `A test that expects nothing passes whenever nothing is done; if that is meant, give ${
          option("allowEmpty")
        }`,
    );
  }
  const name = options.name ?? deriveFixtureName(source.runId);
  checkFixtureName(name);
  const folder = fixtureFolder(name);
  // Locked, because two concurrent runs would each write a config without the other's fixture.
  const made = await files.withLock(
    CONFIG_FILE,
    {},
    () => writeFixture({ name, source, rules, keep, force, places }),
  );
  return {
    runId: source.runId,
    name,
    folder,
    runpack: `${folder}/${RUNPACK_FILE}`,
    config: CONFIG_FILE,
    expectations: made.document,
    recorded: source.pack && recordedBehaviour(source.pack),
    warnings: made.warnings,
  };
}
