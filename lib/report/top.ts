import { GaitError, invalidInput } from "../errors/mod.ts";
import type { Files, OutputRules } from "../effects/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import { mapAhead } from "../formats/ahead.ts";
import { isObjectWith, type JsonObject } from "../formats/json/mod.ts";
import { append } from "../formats/lists.ts";
import { compareInstants, EPOCH_1980, type Rfc3339 } from "../formats/time.ts";
import { readTraceRecord } from "../gate/trace/read_record.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { readRunpack } from "../runpack/read.ts";
import { omitEmpty } from "../schema/fields.ts";
import { TOP_ACTIONS_SCHEMA_ID, type TopAction } from "../schema/report.ts";
import {
  type Action,
  actionsOfRunpack,
  actionsOfTrace,
  compareActions,
  type FoundActions,
} from "./actions.ts";
import { type Group, groupActions, type GroupBy } from "./groups.ts";
import { findSources } from "./sources.ts";

/** Maximum number of actions in a report, unless all are wanted. */
export const MAX_TOP = 20;

/** Maximum size of a trace in bytes; real ones are far smaller. */
const MAX_TRACE_BYTES = 16 * 1024 * 1024;

/** Options of a ranking. */
export interface TopOptions {
  /** Run ids, runpacks, and folders of runpacks. */
  readonly runs: readonly string[];
  /** Traces, and folders of traces. */
  readonly traces: readonly string[];
  /** How many actions to list. */
  readonly limit: number;
  /** Omit actions before this time. Actions without a time stay, because a missing time must not hide a risk. */
  readonly since?: Rfc3339 | undefined;
  readonly by?: GroupBy | undefined;
}

/** A file that was found but could not be read. */
export interface Unreadable {
  readonly path: string;
  readonly error: GaitError;
}

/** The riskiest actions. */
export interface TopReport {
  readonly runCount: number;
  readonly traceCount: number;
  readonly actionCount: number;
  readonly top: readonly TopAction[];
  /** All actions, the riskiest first. */
  readonly actions: readonly Action[];
  readonly groups: readonly Group[];
  readonly unreadable: readonly Unreadable[];
  readonly since: Rfc3339 | undefined;
  /** The earliest and the latest time of an action; absent when no record states one. */
  readonly between: readonly [Rfc3339, Rfc3339] | undefined;
}

/**
 * Rank the actions of runs and traces by their risk (docs/spec/regress.md section 4). Unreadable files are reported,
 * and the others are still ranked.
 *
 * @throws {GaitError} `invalid_input` when there is nothing to rank; the error of the first unreadable file when no
 * file could be read
 */
export async function rankActions(options: TopOptions, places: PackPlaces): Promise<TopReport> {
  const { runs, traces } = await findSources(options.runs, options.traces, places);
  const sources: RankedSource[] = [];
  const read = (path: string, isTrace: boolean) => readSource(path, isTrace, places.files);
  for await (const source of mapAhead(runs, (path) => read(path, false))) sources.push(source);
  for await (const source of mapAhead(traces, (path) => read(path, true))) sources.push(source);
  return rankSources(sources, options);
}

/** A file with its actions, or why it can't be read. */
export interface RankedSource {
  readonly path: string;
  readonly isTrace: boolean;
  readonly found: FoundActions | GaitError;
}

/** Read the actions of a trace or a runpack. */
export async function readSource(path: string, isTrace: boolean, files: Files): Promise<RankedSource> {
  try {
    const found = isTrace
      ? await actionsOfTrace(readTraceRecord(await files.read(path, MAX_TRACE_BYTES)), path)
      : await actionsOfRunpack(await readRunpack(await files.read(path)), path);
    return { path, isTrace, found };
  } catch (error) {
    if (error instanceof GaitError) return { path, isTrace, found: error };
    throw error;
  }
}

/**
 * Rank the actions of files that were read.
 *
 * @throws {GaitError} as {@linkcode rankActions}
 */
export function rankSources(
  sources: readonly RankedSource[],
  { limit, since, by }: Pick<TopOptions, "limit" | "since" | "by">,
): TopReport {
  const actions: Action[] = [];
  const unreadable: Unreadable[] = [];
  const runIds = new Set<string>();
  let traceCount = 0;
  for (const { path, isTrace, found } of sources) {
    if (found instanceof GaitError) {
      unreadable.push({ path, error: found });
      continue;
    }
    const kept = found.actions.filter(({ time }) => !isOlder(time, since));
    if (kept.length === 0 && found.actions.length > 0) continue;
    runIds.add(found.runId);
    append(actions, kept);
    if (isTrace) traceCount++;
  }
  if (actions.length === 0) throw nothingToRank(unreadable, since);
  actions.sort(compareActions);
  return {
    runCount: runIds.size,
    traceCount,
    actionCount: actions.length,
    top: actions.slice(0, limit).map(({ entry }, i) => ({ rank: i + 1, ...entry })),
    actions,
    groups: by === undefined ? [] : groupActions(actions, by),
    unreadable: unreadable.sort((a, b) => compareBytewise(a.path, b.path)),
    since,
    between: periodOf(actions),
  };
}

function periodOf(actions: readonly Action[]): readonly [Rfc3339, Rfc3339] | undefined {
  let period: readonly [Rfc3339, Rfc3339] | undefined;
  for (const { time } of actions) {
    if (time === undefined) continue;
    const [first, last] = period ?? [time, time];
    period = [compareInstants(time, first) < 0 ? time : first, compareInstants(time, last) > 0 ? time : last];
  }
  return period;
}

function isOlder(time: Rfc3339 | undefined, since: Rfc3339 | undefined): boolean {
  return time !== undefined && since !== undefined && compareInstants(time, since) < 0;
}

function nothingToRank([first]: readonly Unreadable[], since: Rfc3339 | undefined): GaitError {
  if (first === undefined) {
    return invalidInput(
      since === undefined
        ? "Cannot rank actions: the given sources have none"
        : `Cannot rank actions: there are none since ${since}`,
      {
        hint: since === undefined
          ? "Give runs that call tools, or traces of calls"
          : "Give an earlier time, or newer runs and traces",
      },
    );
  }
  const { path, error } = first;
  const message = error.message.includes(path) ? error.message : `Cannot rank "${path}": ${error.message}`;
  return new GaitError(error.code, message, {
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  });
}

/** A report may replace only an older report, which can be produced again. */
export const OLDER_TOP: OutputRules = {
  older: (held) => isObjectWith(held, ({ schema_id: id }) => id === TOP_ACTIONS_SCHEMA_ID),
  olderGoes: "away",
  hint: "Give another name: the existing file is not a report of top actions",
};

/** Encode a report, members in the order of docs/spec/regress.md section 4. */
export function encodeTop(report: TopReport, version: string): JsonObject {
  return omitEmpty(
    {
      schema_id: TOP_ACTIONS_SCHEMA_ID,
      schema_version: "1.0.0",
      created_at: EPOCH_1980,
      producer_version: version,
      run_count: report.runCount,
      trace_count: report.traceCount,
      action_count: report.actionCount,
      top_actions: report.top.map((action) =>
        omitEmpty(action, "intent_id", "intent_digest", "trace_id", "verdict", "reason_codes")
      ),
      since: report.since,
      first_action_at: report.between?.[0],
      last_action_at: report.between?.[1],
      groups: report.groups.map((group) => ({ ...group })),
      unreadable: report.unreadable.map(({ path, error }) => ({ path, error: error.message })),
    },
    "groups",
    "unreadable",
  );
}

/** The bytes of a report file: compact, without a newline. */
export function encodeTopFile(report: TopReport, version: string): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(encodeTop(report, version)));
}
