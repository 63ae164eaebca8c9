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
 * Accept the behaviour of a candidate as the new expectation of a fixture: its runpack replaces the recording, and
 * the recorded expectations are updated. Rules, tolerances and other settings made by a person stay.
 *
 * @param config the path of the config that lists the fixture
 * @throws {GaitError} `invalid_input` when the candidate breaks the rules of the fixture, because accepting must
 * never weaken rules by accident
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
      `Change the rules in ${folder}/${FIXTURE_FILE} if that is intended`,
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
      ...updatedExpectation(document, "expected_tool_sequence", toolSequence(pack)),
      ...updatedExpectation(document, "expected_verdict_sequence", verdictSequence(pack)),
      ...updatedExpectation(document, "expected_context_set_digest", pack.refs.context_set_digest),
    };
    delete accepted.session_chain;
    delete accepted.checkpoint_index;
    await writeTogether(files, [
      { path, content: source.bytes },
      { path: fixturePath, content: prettyJson(accepted) },
      ...await configWithRunId(files, config, fixture.name, fixture.run_id, source.runId),
    ]);
  });
}

/** The updated value of a recorded expectation; an expectation that the fixture lacks is not added. */
function updatedExpectation(
  document: JsonObject,
  member: string,
  value: string | readonly string[],
): JsonObject {
  return (document[member] ?? undefined) === undefined
    ? {}
    : { [member]: typeof value === "string" ? value : [...value] };
}

/** The config with the new run id of a fixture, if it names one. */
async function configWithRunId(
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
      `Cannot accept another run for fixture "${name}": ${config} is YAML and may contain the old run id`,
      {
        hint: `Give the run the id "${before}", or recreate the fixture with gait regress init --keep`,
      },
    );
  }
  const document = readJsonObject(bytes, { what: config, duplicates: "refuse" });
  const fixtures = (document.fixtures as JsonObject[]).map((entry) =>
    entry.name === name && entry.run_id === before ? { ...entry, run_id: after } : entry
  );
  return [{ path: config, content: prettyJson({ ...document, fixtures }) }];
}
