import type { JsonObject } from "../../formats/json/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { trim } from "../../formats/text.ts";
import type { RequestFields } from "../request_fields.ts";
import { encodeRow, type TraceKind, type TraceRow } from "./row.ts";
import type { TraceIndex } from "./trace_index.ts";
import type { TraceRows } from "./trace_table.ts";
import type { UnwrittenTraces } from "./unwritten.ts";

/** Most rows of one answer. */
const MAX_ROWS = 200;

/** Most damaged journals of one answer. */
const MAX_DAMAGED = 20;

/** The longest that a first answer waits for the first traces, in milliseconds. */
const FIRST_WAIT = 1_000;

/** How many of the last searches are kept: a list that is scrolled asks for one search window by window. */
const MAX_HELD = 4;

/** What traces are searched by; an empty text finds all. */
export interface TraceQuery {
  readonly text: string;
  readonly tool: string;
  readonly caller: string;
  readonly verdict: string;
  readonly rule: string;
  /** A duration such as `24h` before now, or a time. */
  readonly since: string;
}

/** What a search found. */
export interface FoundTraces {
  readonly count: number;
  /** Some of them, in order of time, the newest first. */
  window(offset: number, limit: number): readonly TraceRow[];
  /** How many there are of each verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Read a query of the page. */
export function readTraceQuery(fields: RequestFields): TraceQuery {
  const lower = (name: string) => trim(fields.text(name)).toLowerCase();
  return {
    text: lower("text"),
    tool: lower("tool"),
    caller: lower("caller"),
    verdict: lower("verdict"),
    rule: lower("rule"),
    since: trim(fields.text("since")),
  };
}

/** The traces that a query finds, in order of time, the newest first. */
export function findTraces(rows: TraceRows, query: TraceQuery, now: number): FoundTraces {
  const recent = countSince(rows, sinceOf(query.since, now));
  const fits = filterOf(rows, query);
  if (fits === undefined) return foundTraces(rows, recent, (n) => n);
  const found: number[] = [];
  for (let n = 0; n < recent; n++) if (fits(n)) found.push(n);
  return foundTraces(rows, found.length, (n) => found[n]!);
}

/** @param place the place among all rows of the n-th that was found */
function foundTraces(rows: TraceRows, count: number, place: (n: number) => number): FoundTraces {
  const verdicts = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const { verdict } = rows.kindAt(place(n));
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  return {
    count,
    verdicts: Object.fromEntries(verdicts),
    window(offset, limit) {
      const end = Math.min(count, offset + limit);
      return Array.from({ length: Math.max(0, end - offset) }, (_, i) => rows.at(place(offset + i))!);
    },
  };
}

/** The test of a query but for the time, by the place of a row; `undefined` when all rows pass. */
function filterOf(rows: TraceRows, query: TraceQuery): ((n: number) => boolean) | undefined {
  const { text, tool, caller, verdict, rule } = query;
  if (text + tool + caller + verdict + rule === "") return undefined;
  const holds = (value: string, wanted: string) => value.toLowerCase().includes(wanted);
  const some = (values: readonly string[], wanted: string) => values.some((value) => holds(value, wanted));
  const fits = ofEachKind((kind) =>
    (verdict === "" || kind.verdict === verdict) &&
    (tool === "" || holds(kind.tool, tool)) &&
    (caller === "" || holds(kind.caller, caller)) &&
    (rule === "" || some(kind.rules, rule) || some(kind.reasons, rule))
  );
  const hasText = ofEachKind((kind) =>
    some([kind.tool, kind.caller, kind.policy], text) || some(kind.rules, text) || some(kind.reasons, text)
  );
  const inOwn = rows.holding(text);
  return (n) => {
    const kind = rows.kindAt(n);
    return fits(kind) && (text === "" || hasText(kind) || inOwn(n));
  };
}

/** A test that is made once of each kind of rows: there are few. */
function ofEachKind(test: (kind: TraceKind) => boolean): (kind: TraceKind) => boolean {
  const answers = new Map<TraceKind, boolean>();
  return (kind) => {
    let answer = answers.get(kind);
    if (answer === undefined) answers.set(kind, answer = test(kind));
    return answer;
  };
}

/** How many rows are at or after a time: they are the first ones. */
function countSince(rows: TraceRows, since: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows.timeAt(middle) >= since) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sinceOf(text: string, now: number): number {
  if (text === "") return -Infinity;
  const duration = parseDuration(/^[0-9]+d$/.test(text) ? `${Number(text.slice(0, -1)) * 24}h` : text);
  if (duration !== undefined) return now - Number(duration / 1_000_000n);
  const time = Date.parse(text);
  return Number.isNaN(time) ? -Infinity : time;
}

/** Search the index; what the last searches found is kept until a row changes. */
export function traceSearch(index: TraceIndex): (query: TraceQuery, now: number) => FoundTraces {
  let of = -1;
  const held = new Map<string, FoundTraces>();
  return (query, now) => {
    if (index.version() !== of) held.clear();
    of = index.version();
    // "The last hour" is the same search as long as it reaches the same rows.
    const recent = countSince(index.rows, sinceOf(query.since, now));
    const key = JSON.stringify([{ ...query, since: recent }]);
    const before = held.get(key);
    if (before) return before;
    const result = findTraces(index.rows, query, now);
    for (const oldest of held.keys()) {
      if (held.size < MAX_HELD) break;
      held.delete(oldest);
    }
    held.set(key, result);
    return result;
  };
}

/** Answer a query: a window of the rows, how many there are, and how many of each verdict. */
export async function answerTraces(
  { index, search, unwritten }: {
    readonly index: TraceIndex;
    readonly search: ReturnType<typeof traceSearch>;
    readonly unwritten: Pick<UnwrittenTraces, "found">;
  },
  fields: RequestFields,
  now: number,
): Promise<JsonObject> {
  await within(FIRST_WAIT, index.first);
  const found = search(readTraceQuery(fields), now);
  const offset = fields.count("offset", 0);
  const limit = Math.min(fields.count("limit", MAX_ROWS), MAX_ROWS);
  const { decisions, damaged } = unwritten.found();
  return {
    total: index.rows.length,
    pending: index.pending(),
    ...(index.isCut() ? { cut: true } : {}),
    ...(decisions > 0 ? { unwritten: decisions } : {}),
    ...(damaged.length > 0 ? { damaged_journals: damaged.slice(0, MAX_DAMAGED) } : {}),
    matched: found.count,
    offset,
    verdicts: { ...found.verdicts },
    rows: found.window(offset, limit).map(encodeRow),
  };
}

/** Wait for something, but no longer than so many milliseconds. */
async function within(limit: number, step: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
  await Promise.race([step, late]);
  clearTimeout(timer);
}
