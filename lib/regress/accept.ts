import { EXIT, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import { type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { replayRun } from "../runpack/replay.ts";
import type { ComparedRun } from "./candidate.ts";
import { CONFIG_FILE, type LoadedFixture } from "./config.ts";
import { isYamlConfig } from "./config_yaml.ts";
import { FIXTURE_FILE, readFixture } from "./fixture.ts";
import { type Replacement, replaceTogether } from "./replace_together.ts";
import { isBroken, toolSequence, verdictSequence } from "./trajectory.ts";

/** A fixture and the candidate whose behaviour it is to expect. */
export interface Acceptance {
  readonly loaded: LoadedFixture;
  readonly candidate: ComparedRun;
}

/**
 * Accept the behaviour of candidates as the new expectations of their fixtures: the runpack of each replaces the
 * recording, and the recorded expectations are updated. Rules, tolerances and other settings made by a person stay.
 * All fixtures are checked before anything is written, and all are replaced or none.
 *
 * @param config the path of the config that lists the fixtures
 * @throws {GaitError} `invalid_input` when a candidate breaks the rules of its fixture, because accepting must never
 * weaken rules by accident
 */
export async function acceptCandidates(
  acceptances: readonly Acceptance[],
  config: string,
  files: Files,
): Promise<void> {
  for (const { loaded, candidate } of acceptances) checkAcceptable(loaded, candidate);
  await files.withLock(CONFIG_FILE, {}, async () => {
    const pending: Replacement[] = [];
    const renamed = new Map<string, RunIds>();
    for (const { loaded: { fixture, folder, path }, candidate: { pack, source } } of acceptances) {
      const { missing } = await replayRun(pack);
      const fixturePath = `${folder}/${FIXTURE_FILE}`;
      const { document } = readFixture(await files.read(fixturePath), fixturePath);
      const accepted: JsonObject = {
        ...document,
        run_id: source!.runId,
        expected_replay_exit_code: missing.length === 0 ? EXIT.ok : EXIT.verificationFailed,
        ...updatedExpectation(document, "expected_tool_sequence", toolSequence(pack)),
        ...updatedExpectation(document, "expected_verdict_sequence", verdictSequence(pack)),
        ...updatedExpectation(document, "expected_context_set_digest", pack.refs.context_set_digest),
      };
      delete accepted.session_chain;
      delete accepted.checkpoint_index;
      pending.push({ path, content: source!.bytes }, { path: fixturePath, content: prettyJson(accepted) });
      const ids = { before: fixture.run_id, after: source!.runId };
      if (ids.before !== ids.after) renamed.set(fixture.name, ids);
    }
    await replaceTogether([...pending, ...await configWithRunIds(files, config, renamed)], files);
  });
}

function checkAcceptable({ fixture, folder }: LoadedFixture, { path, pack, source }: ComparedRun): void {
  const fail = (reason: string, hint?: string) =>
    invalidInput(`Cannot accept "${path}" for fixture "${fixture.name}": ${reason}`, { hint: hint! });
  if (!source) throw fail("it was not given on the command line", "Give it with --candidate <run_id|path>");
  if (isBroken({ never: fixture.never_tools, must: fixture.must_tools }, pack)) {
    throw fail(
      "it breaks never_tools or must_tools",
      `Change the rules in ${folder}/${FIXTURE_FILE} if that is intended`,
    );
  }
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

/** The run id of a fixture before and after. */
interface RunIds {
  readonly before: string;
  readonly after: string;
}

/** The config with the new run ids of fixtures, where it names the old ones. */
async function configWithRunIds(
  files: Files,
  config: string,
  renamed: ReadonlyMap<string, RunIds>,
): Promise<Replacement[]> {
  const [first] = renamed;
  if (first === undefined) return [];
  const bytes = await files.read(config);
  if (isYamlConfig(bytes)) {
    const [name, { before }] = first;
    throw invalidInput(
      `Cannot accept another run for fixture "${name}": ${config} is YAML and may contain the old run id`,
      {
        hint: `Give the run the id "${before}", or recreate the fixture with gait regress init --keep`,
      },
    );
  }
  const document = readJsonObject(bytes, { what: config, duplicates: "refuse" });
  const fixtures = (document.fixtures as JsonObject[]).map((entry) => {
    const ids = renamed.get(entry.name as string);
    return ids !== undefined && entry.run_id === ids.before ? { ...entry, run_id: ids.after } : entry;
  });
  return [{ path: config, content: prettyJson({ ...document, fixtures }) }];
}
