import type { JsonObject } from "../../formats/json/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { trim } from "../../formats/text.ts";
import type { RequestFields } from "../request_fields.ts";
import { encodeRow, type TraceRow } from "./row.ts";
import type { TraceIndex } from "./trace_index.ts";

/** Most rows of one answer. */
const MAX_ROWS = 200;

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
export function findTraces(rows: readonly TraceRow[], query: TraceQuery, now: number): TraceRow[] {
  const since = sinceOf(query.since, now);
  const holds = (value: string, wanted: string) => wanted === "" || value.toLowerCase().includes(wanted);
  const some = (values: readonly string[], wanted: string) =>
    wanted === "" || values.some((value) => holds(value, wanted));
  return rows.filter((row) =>
    (query.verdict === "" || row.verdict === query.verdict) &&
    row.at >= since &&
    holds(row.tool, query.tool) &&
    holds(row.caller, query.caller) &&
    some([...row.rules, ...row.reasons], query.rule) &&
    some(
      [row.tool, row.caller, row.id, row.path, row.intent, row.policy, ...row.rules, ...row.reasons],
      query.text,
    )
  );
}

function sinceOf(text: string, now: number): number {
  if (text === "") return -Infinity;
  const duration = parseDuration(/^[0-9]+d$/.test(text) ? `${Number(text.slice(0, -1)) * 24}h` : text);
  if (duration !== undefined) return now - Number(duration / 1_000_000n);
  const time = Date.parse(text);
  return Number.isNaN(time) ? -Infinity : time;
}

/** Answer a query: a window of the rows, how many there are, and how many of each verdict. */
export function answerTraces(index: TraceIndex, fields: RequestFields, now: number): JsonObject {
  const all = index.rows();
  const found = findTraces(all, readTraceQuery(fields), now);
  const offset = fields.count("offset", 0);
  const limit = Math.min(fields.count("limit", MAX_ROWS), MAX_ROWS);
  return {
    total: all.length,
    pending: index.pending(),
    matched: found.length,
    offset,
    verdicts: tally(found.map(({ verdict }) => verdict)),
    rows: found.slice(offset, offset + limit).map(encodeRow),
  };
}

/** How many there are of each word. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
