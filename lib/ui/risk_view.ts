import { GaitError } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { toUtc } from "../formats/time.ts";
import { encodeTop, rankActions } from "../report/mod.ts";
import type { Action } from "../report/actions.ts";
import type { UiContext } from "./context.ts";
import type { KnownRuns } from "./runs/known_runs.ts";
import type { TraceIndex } from "./traces/trace_index.ts";

/** The newest traces that are ranked. */
const MAX_TRACES = 5_000;

const EMPTY: JsonObject = { action_count: 0, top_actions: [], groups: [], days: [], classes: [] };

/** The riskiest actions of the runs and traces of the folder, and how many there were each day. */
export async function showRisk(
  { effects, version }: UiContext,
  index: TraceIndex,
  runs: KnownRuns,
): Promise<JsonObject> {
  const traces = index.rows().filter((row) => row.error === undefined).slice(0, MAX_TRACES).map(({ path }) =>
    path
  );
  const packs = (await runs.all()).filter((run) => run.error === undefined).map(({ path }) => path);
  if (traces.length + packs.length === 0) return EMPTY;
  try {
    const report = await rankActions({ runs: packs, traces, limit: 20, by: "tool" }, effects);
    return {
      ...encodeTop(report, version),
      days: daysOf(report.actions),
      classes: classesOf(report.actions),
    };
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") {
      return { ...EMPTY, note: error.message };
    }
    throw error;
  }
}

/** How many actions there were a day, and how many of them write or destroy. */
function daysOf(actions: readonly Action[]): JsonObject[] {
  const days = new Map<string, { all: number; grave: number }>();
  for (const { time, entry } of actions) {
    if (time === undefined) continue;
    const day = toUtc(time).slice(0, 10);
    const count = days.get(day) ?? { all: 0, grave: 0 };
    count.all++;
    if (entry.tool_class === "write" || entry.tool_class === "destructive") count.grave++;
    days.set(day, count);
  }
  return [...days].sort(([a], [b]) => a < b ? -1 : 1).map(([day, count]) => ({ day, ...count }));
}

/** How many actions there are of each class and blast radius. */
function classesOf(actions: readonly Action[]): JsonObject[] {
  const counts = new Map<string, JsonObject & { count: number }>();
  for (const { entry: { tool_class, blast_radius } } of actions) {
    const key = `${tool_class} ${blast_radius}`;
    const held = counts.get(key) ?? { tool_class, blast_radius, count: 0 };
    held.count++;
    counts.set(key, held);
  }
  return [...counts.values()];
}
