import type { Runpack } from "../runpack/read.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import {
  isBroken,
  type ToolRules,
  toolSequence,
  type Verdict,
  verdictOfResult,
  verdictSequence,
} from "./trajectory.ts";

/** A summary of the behaviour of a recorded run. */
export interface RecordedBehaviour {
  readonly tools: readonly string[];
  /** Counts of verdicts, in order of first occurrence. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Tools of the calls that ended in an error. */
  readonly failed: readonly string[];
  /** Calls without a result. */
  readonly unanswered: number;
}

/** Summarise the behaviour of a run. */
export function recordedBehaviour(pack: Runpack): RecordedBehaviour {
  const verdicts: Partial<Record<Verdict, number>> = {};
  for (const verdict of verdictSequence(pack)) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const answered = new Map(pack.results.map((result) => [result.intent_id, verdictOfResult(result)]));
  return {
    tools: toolSequence(pack),
    verdicts,
    failed: pack.intents.filter(({ intent_id: id }) => answered.get(id) === "error").map((i) => i.tool_name),
    unanswered: pack.intents.filter(({ intent_id: id }) => !answered.has(id)).length,
  };
}

/** Warnings about a new fixture: the behaviour of an incident must not become the expectation. */
export function newFixtureWarnings(pack: Runpack, document: JsonObject, rules: ToolRules): string[] {
  const { tools, failed } = recordedBehaviour(pack);
  const unknown = [...rules.never, ...rules.must].filter((tool) => !tools.includes(tool));
  const expectsRecord = document.expected_verdict_sequence !== undefined;
  return [
    ...unknown.map((tool) => `the recorded run does not call "${tool}"; check the spelling of the tool`),
    ...(isBroken(rules, pack)
      ? [
        "the recorded run breaks these rules itself, so it fails until a candidate is compared that keeps them",
      ]
      : []),
    ...(failed.length > 0 && expectsRecord
      ? [
        `the fixture expects that ${failed.length} of ${tools.length} calls fail (${listOf(failed)}); ` +
        "if they must not, give --never <tool> or edit fixture.json",
      ]
      : []),
  ];
}

/** The first few names. */
function listOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return distinct.slice(0, 5).join(", ") + (distinct.length > 5 ? ", …" : "");
}
