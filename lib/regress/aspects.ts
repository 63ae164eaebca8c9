import { GaitError, invalidInput } from "../errors/mod.ts";
import { sameJson } from "../formats/json/equal.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import type { Runpack } from "../runpack/read.ts";
import { replayRun } from "../runpack/replay.ts";
import { encodeRun } from "../schema/runpack.ts";
import type { ComparedRun } from "./candidate.ts";

/**
 * What of a recording no other grader compares (docs/spec/regress.md 1.6): the order of its records, what a replay
 * gives, `run.json` but for ids and times, and the events of its timeline.
 */
export const ASPECTS = ["order", "replay", "run", "timeline"] as const;
export type Aspect = typeof ASPECTS[number];

/**
 * Read the names of aspects.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readAspects(names: readonly string[], what: string): Aspect[] {
  const aspects = names.map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
  const odd = aspects.find((name) => !(ASPECTS as readonly string[]).includes(name));
  if (odd !== undefined) {
    throw invalidInput(`Cannot use ${what} "${odd}": expected ${ASPECTS.join(", ")}`);
  }
  return ASPECTS.filter((aspect) => aspects.includes(aspect));
}

/** The aspects in which a candidate is not as recorded. */
export async function changedAspects(pack: Runpack, { kind, pack: other }: ComparedRun): Promise<Aspect[]> {
  if (kind === "own") return [];
  const byPlace = kind === "rerun";
  const [left, right] = await Promise.all([pack, other].map((run) => viewOf(run, byPlace)));
  return ASPECTS.filter((aspect) => !sameJson(left![aspect], right![aspect]));
}

/**
 * The aspects of a run as values that are equal where nothing changed.
 *
 * @param byPlace of another recording of the task: calls are known by their place and tool, since ids differ
 */
async function viewOf(pack: Runpack, byPlace: boolean): Promise<Record<Aspect, JsonValue>> {
  const places = new Map<string, string>();
  pack.intents.forEach(({ intent_id: id }, i) => {
    if (!places.has(id)) places.set(id, `call ${i + 1}`);
  });
  const known = (id: string) => byPlace ? places.get(id) ?? "no call" : id;
  const { run_id: _id, created_at: _at, producer_version: _by, timeline: _events, ...run } = encodeRun(
    pack.run,
  );
  return {
    order: [
      pack.intents.map((intent) => byPlace ? intent.tool_name.trim() : intent.intent_id),
      pack.results.map((result) => known(result.intent_id)),
    ],
    replay: await replayOf(pack, byPlace),
    run,
    timeline: (pack.run.timeline ?? []).map(({ event, ref }) => [event, places.has(ref) ? known(ref) : ref]),
  };
}

/** What each call gives in a replay. The digest of a stub has ids under it, so what it is made of stands for it. */
async function replayOf(pack: Runpack, byPlace: boolean): Promise<JsonValue> {
  try {
    const { steps } = await replayRun(pack);
    const seen = steps.map((step, i): [string, JsonValue] => [
      byPlace ? "" : step.intent_id,
      [
        ...[step.execution, step.status],
        step.stub_type === undefined
          ? (step.result_digest ?? "").trim().toLowerCase()
          : `${step.stub_type} ${pack.intents[i]!.args_digest.trim().toLowerCase()}`,
      ],
    ]);
    return byPlace ? seen.map(([, given]) => given) : Object.fromEntries(seen);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return "it does not replay";
  }
}
