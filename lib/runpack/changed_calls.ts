import type { JsonObject } from "../formats/json/mod.ts";
import type { Result } from "../schema/runpack.ts";
import type { Runpack } from "./read.ts";

/** At most this many changed calls are listed in a result. */
export const MAX_CHANGED_CALLS = 20;

/** The calls in which two recordings of one task differ, by their place; the first ones are listed. */
export function changedCalls(fixture: Runpack, candidate: Runpack): { total: number; listed: JsonObject[] } {
  const listed: JsonObject[] = [];
  let total = 0;
  const [before, after] = [lastResults(fixture), lastResults(candidate)];
  for (let i = 0; i < Math.max(fixture.intents.length, candidate.intents.length); i++) {
    const [left, right] = [fixture.intents[i], candidate.intents[i]];
    const changes = left === undefined ? ["added"] : right === undefined ? ["removed"] : [
      ...(left.tool_name === right.tool_name ? [] : ["tool"]),
      ...(left.args_digest === right.args_digest ? [] : ["args"]),
      ...changesOfResult(before.get(left.intent_id), after.get(right.intent_id)),
    ];
    if (changes.length === 0) continue;
    total++;
    if (listed.length < MAX_CHANGED_CALLS) {
      listed.push({ call: i + 1, changes, tool_name: (right ?? left)!.tool_name });
    }
  }
  return { total, listed };
}

function changesOfResult(left: Result | undefined, right: Result | undefined): string[] {
  if (!left || !right) return left === right ? [] : ["result"];
  return [
    ...(left.status === right.status ? [] : ["status"]),
    ...(left.result_digest === right.result_digest ? [] : ["result"]),
  ];
}

function lastResults({ results }: Runpack): Map<string, Result> {
  return new Map(results.map((result) => [result.intent_id, result]));
}
