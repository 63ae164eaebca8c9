import { GaitError } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import {
  actionsByDay,
  encodeTop,
  MAX_TOP,
  type RankedSource,
  rankSources,
  readSource,
} from "../report/mod.ts";
import type { Action } from "../report/actions.ts";
import { letOthersRun } from "./let_others_run.ts";
import type { UiContext } from "./context.ts";
import type { KnownRuns, RunSummary } from "./runs/known_runs.ts";
import type { TraceRow } from "./traces/row.ts";
import type { TraceIndex } from "./traces/trace_index.ts";

/** The newest traces that are ranked. */
const MAX_TRACES = 5_000;

const EMPTY: JsonObject = { action_count: 0, top_actions: [], groups: [], days: [], classes: [] };

/** How many files are read before other work gets its turn. */
const BATCH = 32;

/**
 * The riskiest actions of the runs and traces of the folder, and how many there were each day. Each file is read once: the
 * view asks again whenever something is decided.
 */
export function riskRanking(
  context: UiContext,
  index: TraceIndex,
  runs: KnownRuns,
): () => Promise<JsonObject> {
  /** By path, with the state of the file when it was read. */
  let held = new Map<string, HeldSource>();
  return async () => {
    const used = new Map<string, HeldSource>();
    let read = 0;
    for (const of of [...await runs.all(), ...newest(index.rows)]) {
      if (of.error !== undefined) continue;
      const isTrace = "verdict" in of;
      const state = isTrace ? JSON.stringify(index.stateOf(of.path)) : of;
      const before = held.get(of.path);
      if (before?.state === state) used.set(of.path, before);
      else {
        used.set(of.path, { state, source: await readSource(of.path, isTrace, context.effects.files) });
        if (++read % BATCH === 0) await letOthersRun();
      }
    }
    held = used;
    return showRanking([...used.values()].map(({ source }) => source), context.version);
  };
}

interface HeldSource {
  /** Of a run its summary, which is another one when the file has changed. */
  readonly state: string | undefined | RunSummary;
  readonly source: RankedSource;
}

/** The newest traces that read. */
function newest(rows: Iterable<TraceRow>): readonly TraceRow[] {
  const found: TraceRow[] = [];
  for (const row of rows) {
    if (found.length === MAX_TRACES) break;
    if (row.error === undefined) found.push(row);
  }
  return found;
}

function showRanking(sources: readonly RankedSource[], version: string): JsonObject {
  if (sources.length === 0) return EMPTY;
  try {
    const report = rankSources(sources, { limit: MAX_TOP, by: "tool" });
    return {
      ...encodeTop(report, version),
      days: actionsByDay(report.actions).map((day) => ({ ...day })),
      classes: classesOf(report.actions),
    };
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") {
      return { ...EMPTY, note: error.message };
    }
    throw error;
  }
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
