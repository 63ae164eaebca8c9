import { invalidInput } from "../errors/mod.ts";
import { uniqueSorted, utf8 } from "../formats/bytes.ts";
import { suggest } from "../formats/suggest.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import { FIXTURE_MEMBERS, FIXTURE_SCHEMA_ID, fixtureSchema, type StoredFixture } from "../schema/regress.ts";
import { ENTRY, RECORD_VERSION } from "../schema/runpack_layout.ts";
import { isHexDigest } from "../signing/mod.ts";
import { type Aspect, readAspects } from "./aspects.ts";
import type { Source } from "./source.ts";
import { readTolerances, type Tolerances } from "./tolerance.ts";
import {
  isBroken,
  NO_RULES,
  normalizeVerdict,
  type ToolRules,
  toolSequence,
  type Verdict,
  verdictSequence,
} from "./trajectory.ts";

/** The file with the expectations of a fixture. */
export const FIXTURE_FILE = "fixture.json";

/** The file name of the runpack of a fixture. */
export const RUNPACK_FILE = "runpack.zip";

/** Members that are stored as strings and validated on reading. */
type Checked =
  | "candidate_runpack"
  | "context_conformance"
  | "expected_context_set_digest"
  | "also_compare"
  | "tolerances"
  | "free_order";

/** A validated fixture: lists are trimmed, verdicts are normalised, and blank strings are absent. */
export interface Fixture extends Omit<StoredFixture, Checked> {
  readonly expected_verdict_sequence: Verdict[];
  readonly candidate_runpack: string | undefined;
  readonly context_conformance: "required" | "none" | undefined;
  readonly expected_context_set_digest: string | undefined;
  readonly also_compare: readonly Aspect[];
  readonly tolerances: Tolerances;
}

/**
 * Read a `fixture.json` (docs/spec/regress.md 1.3). It decides what passes, so duplicate keys are refused, and
 * so is a misspelt member: the rule in it would apply to nothing. Any other unknown member is somebody's note.
 *
 * @param what its name in errors
 * @returns the fixture and the original document
 * @throws {GaitError} `invalid_input`
 */
export function readFixture(bytes: Uint8Array, what: string): { fixture: Fixture; document: JsonObject } {
  const document = readJsonObject(bytes, { what, duplicates: "refuse" });
  const stored = decode(fixtureSchema, document, what);
  const fail = (reason: string, hint?: string) =>
    invalidInput(`Cannot read ${what}: ${reason}`, hint === undefined ? {} : { hint });
  for (const member of Object.keys(document)) {
    const meant = FIXTURE_MEMBERS.includes(member) ? undefined : suggest(member, FIXTURE_MEMBERS);
    if (meant !== undefined) throw fail(`it has no member "${member}"`, `Did you mean "${meant}"?`);
  }
  for (const member of ["name", "run_id", "runpack"] as const) {
    if (stored[member].trim() === "") throw fail(`${member} is missing`);
  }
  const conformance = stored.context_conformance.trim().toLowerCase() || undefined;
  if (conformance !== undefined && conformance !== "required" && conformance !== "none") {
    throw fail(`context_conformance is "${stored.context_conformance}", expected required or none`);
  }
  const digest = stored.expected_context_set_digest.trim().toLowerCase() || undefined;
  if (digest !== undefined && !isHexDigest(digest)) {
    throw fail("expected_context_set_digest is not 64 hex digits");
  }
  const verdicts = withoutBlank(stored.expected_verdict_sequence).map((text) => {
    const verdict = normalizeVerdict(text);
    if (!verdict) throw fail(`expected_verdict_sequence has "${text}", which is not a verdict`);
    return verdict;
  });
  const both = withoutBlank(stored.never_tools).find((tool) =>
    withoutBlank(stored.must_tools).includes(tool)
  );
  if (both !== undefined) throw fail(`never_tools and must_tools both have "${both}"`);
  const { tolerances, free_order: freeOrder, ...rest } = stored;
  const fixture: Fixture = {
    ...rest,
    tolerances: readTolerances(tolerances, freeOrder, what),
    expected_tool_sequence: withoutBlank(stored.expected_tool_sequence),
    expected_verdict_sequence: verdicts,
    never_tools: uniqueSorted(withoutBlank(stored.never_tools)),
    must_tools: uniqueSorted(withoutBlank(stored.must_tools)),
    candidate_runpack: stored.candidate_runpack.trim() || undefined,
    context_conformance: conformance,
    also_compare: readAspects(stored.also_compare, `also_compare of ${what}`),
    expected_context_set_digest: digest,
    diff_allow_changed_files: uniqueSorted(stored.diff_allow_changed_files),
  };
  return { fixture, document };
}

function withoutBlank(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) => text !== "");
}

/**
 * Create the `fixture.json` of a new fixture: the behaviour of its run is the expectation. A run with unreadable
 * records gives one without expectations, which `regress run` refuses (docs/spec/regress.md 1.3, step 5).
 */
export function describeFixture(source: Source, name: string, rules: ToolRules = NO_RULES): JsonObject {
  const { pack } = source;
  if (pack && isBroken(rules, pack)) return describeIncident(source, name, rules);
  const digest = pack?.refs.context_set_digest || undefined;
  return omitEmpty(
    {
      ...fixtureHead(source, name),
      expected_tool_sequence: pack ? toolSequence(pack) : [],
      expected_verdict_sequence: pack ? verdictSequence(pack) : [],
      never_tools: [...rules.never],
      must_tools: [...rules.must],
      context_conformance: digest && "required",
      expected_context_set_digest: digest,
      ...origin(source),
    },
    "expected_tool_sequence",
    "expected_verdict_sequence",
    "never_tools",
    "must_tools",
    "checkpoint_index",
  );
}

/** The members that every new fixture begins with. */
function fixtureHead({ runId }: Source, name: string) {
  return {
    schema_id: FIXTURE_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    name,
    run_id: runId,
    runpack: RUNPACK_FILE,
    expected_replay_exit_code: 0,
  };
}

/**
 * Create the `fixture.json` of a run that breaks the tool rules. It records an incident, so later runs need not
 * repeat its behaviour; they must only keep the rules.
 */
function describeIncident(source: Source, name: string, rules: ToolRules): JsonObject {
  return omitEmpty(
    {
      ...fixtureHead(source, name),
      never_tools: [...rules.never],
      must_tools: [...rules.must],
      diff_allow_changed_files: [ENTRY.manifest, ENTRY.intents, ENTRY.results, ENTRY.refs],
      ...origin(source),
    },
    "never_tools",
    "must_tools",
    "checkpoint_index",
  );
}

/**
 * Update an existing `fixture.json` for another recording: the members that identify the recording are replaced,
 * rules are added.
 */
export function keepExpectations(
  document: JsonObject,
  source: Source,
  name: string,
  rules: ToolRules = NO_RULES,
): JsonObject {
  const { fixture } = readFixture(utf8(JSON.stringify(document)), FIXTURE_FILE);
  const added = {
    never_tools: uniqueSorted([...fixture.never_tools, ...rules.never]),
    must_tools: uniqueSorted([...fixture.must_tools, ...rules.must]),
  };
  return {
    ...document,
    name,
    run_id: source.runId,
    runpack: RUNPACK_FILE,
    ...omitEmpty(rules === NO_RULES ? {} : added, "never_tools", "must_tools"),
    ...origin(source),
  };
}

function origin({ checkpoint }: Source): JsonObject {
  return checkpoint ? { session_chain: checkpoint.chain, checkpoint_index: checkpoint.index } : {};
}
