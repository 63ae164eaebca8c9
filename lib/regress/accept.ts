import { EXIT, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import { type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { replayRun } from "../runpack/replay.ts";
import type { ComparedRun } from "./candidate.ts";
import { CONFIG_FILE, type LoadedFixture } from "./config.ts";
import { isYamlConfig } from "./config_yaml.ts";
import { FIXTURE_FILE, readFixture } from "./fixture.ts";
import { type PendingFile, writeTogether } from "./replace.ts";
import { isBroken, toolSequence, verdictSequence } from "./trajectory.ts";

/**
 * Record what a candidate did as what is expected of a fixture from here on: its runpack becomes the recording, and the
 * expectations that were recorded follow it. Rules, tolerances and whatever else a person set stay.
 *
 * @param config the path of the config that lists the fixture
 * @throws {GaitError} `invalid_input` when the candidate breaks the rules of the fixture: no accident may lift those
 */
export async function acceptCandidate(
  loaded: LoadedFixture,
  candidate: ComparedRun,
  config: string,
  files: Files,
): Promise<void> {
  const { fixture, folder, path } = loaded;
  const { pack, source } = candidate;
  const fail = (reason: string, hint?: string) =>
    invalidInput(`Cannot accept "${candidate.path}" for fixture "${fixture.name}": ${reason}`, {
      hint: hint!,
    });
  if (!source) throw fail("it was not given on the command line", "Give it with --candidate <run_id|path>");
  if (isBroken({ never: fixture.never_tools, must: fixture.must_tools }, pack)) {
    throw fail(
      "it breaks never_tools or must_tools",
      `Change the rules in ${folder}/${FIXTURE_FILE} if that is meant`,
    );
  }
  const { missing } = await replayRun(pack);
  const fixturePath = `${folder}/${FIXTURE_FILE}`;
  await files.withLock(CONFIG_FILE, {}, async () => {
    const { document } = readFixture(await files.read(fixturePath), fixturePath);
    const accepted: JsonObject = {
      ...document,
      run_id: source.runId,
      expected_replay_exit_code: missing.length === 0 ? EXIT.ok : EXIT.verificationFailed,
      ...followed(document, "expected_tool_sequence", toolSequence(pack)),
      ...followed(document, "expected_verdict_sequence", verdictSequence(pack)),
      ...followed(document, "expected_context_set_digest", pack.refs.context_set_digest),
    };
    delete accepted.session_chain;
    delete accepted.checkpoint_index;
    await writeTogether(files, [
      { path, content: source.bytes },
      { path: fixturePath, content: prettyJson(accepted) },
      ...await renamedEntry(files, config, fixture.name, fixture.run_id, source.runId),
    ]);
  });
}

/** A recorded expectation follows the recording; one that the fixture does not have is not added. */
function followed(document: JsonObject, member: string, value: string | readonly string[]): JsonObject {
  return (document[member] ?? undefined) === undefined
    ? {}
    : { [member]: typeof value === "string" ? value : [...value] };
}

/** The config with the new run id of a fixture, if it names one. */
async function renamedEntry(
  files: Files,
  config: string,
  name: string,
  before: string,
  after: string,
): Promise<PendingFile[]> {
  if (before === after) return [];
  const bytes = await files.read(config);
  if (isYamlConfig(bytes)) {
    throw invalidInput(
      `Cannot accept another run for fixture "${name}": ${config} is YAML and may name the old one`,
      {
        hint: `Give the run the id "${before}", or make the fixture anew with gait regress init --keep`,
      },
    );
  }
  const document = readJsonObject(bytes, { what: config, duplicates: "refuse" });
  const fixtures = (document.fixtures as JsonObject[]).map((entry) =>
    entry.name === name && entry.run_id === before ? { ...entry, run_id: after } : entry
  );
  return [{ path: config, content: prettyJson({ ...document, fixtures }) }];
}
