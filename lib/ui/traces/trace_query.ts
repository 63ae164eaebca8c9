import type { JsonObject } from "../../formats/json/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { trim } from "../../formats/text.ts";
import type { RequestFields } from "../request_fields.ts";
import { encodeRow, type TraceRow } from "./row.ts";
import type { TraceIndex } from "./trace_index.ts";

/** Most rows of one answer. */
const MAX_ROWS = 200;

/** The longest that a first answer waits for the first traces, in milliseconds. */
const PATIENCE = 1_000;

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
  /** In order of time, the newest first. */
  readonly rows: readonly TraceRow[];
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
export function findTraces(
  rows: readonly TraceRow[],
  query: TraceQuery,
  now: number,
): readonly TraceRow[] {
  const recent = notBefore(rows, sinceOf(query.since, now));
  const { text, tool, caller, verdict, rule } = query;
  if (text + tool + caller + verdict + rule === "") return recent;
  const holds = (value: string, wanted: string) => wanted === "" || value.toLowerCase().includes(wanted);
  const some = (values: readonly string[], wanted: string) =>
    wanted === "" || values.some((value) => holds(value, wanted));
  return recent.filter((row) =>
    (verdict === "" || row.verdict === verdict) &&
    holds(row.tool, tool) &&
    holds(row.caller, caller) &&
    (rule === "" || some(row.rules, rule) || some(row.reasons, rule)) &&
    (text === "" ||
      some([row.tool, row.caller, row.id, row.path, row.intent, row.policy], text) ||
      some(row.rules, text) || some(row.reasons, text))
  );
}

/** The rows at or after a time: they are the first ones. */
function notBefore(rows: readonly TraceRow[], since: number): readonly TraceRow[] {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.at >= since) low = middle + 1;
    else high = middle;
  }
  return low === rows.length ? rows : rows.slice(0, low);
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
  let of: readonly TraceRow[] = [];
  const held = new Map<string, FoundTraces>();
  return (query, now) => {
    const rows = index.rows();
    if (rows !== of) held.clear();
    of = rows;
    // "The last hour" is the same search as long as it reaches the same rows.
    const recent = notBefore(rows, sinceOf(query.since, now));
    const key = JSON.stringify([{ ...query, since: recent.length }]);
    const before = held.get(key);
    if (before) return before;
    const found = findTraces(recent, { ...query, since: "" }, now);
    const result = { rows: found, verdicts: tally(found.map(({ verdict }) => verdict)) };
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
  { index, search }: { readonly index: TraceIndex; readonly search: ReturnType<typeof traceSearch> },
  fields: RequestFields,
  now: number,
): Promise<JsonObject> {
  await within(PATIENCE, index.first);
  const found = search(readTraceQuery(fields), now);
  const offset = fields.count("offset", 0);
  const limit = Math.min(fields.count("limit", MAX_ROWS), MAX_ROWS);
  return {
    total: index.rows().length,
    pending: index.pending(),
    ...(index.isCut() ? { cut: true } : {}),
    matched: found.rows.length,
    offset,
    verdicts: { ...found.verdicts },
    rows: found.rows.slice(offset, offset + limit).map(encodeRow),
  };
}

/** Wait for something, but no longer than so many milliseconds. */
async function within(patience: number, step: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
  await Promise.race([step, late]);
  clearTimeout(timer);
}

/** How many there are of each word. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
