import { GaitError } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { isKnownTime } from "../../formats/time.ts";
import { readTraceRecord } from "../../gate/trace/read_record.ts";
import { type TraceRecord, verdictThatCounts } from "../../schema/trace_record.ts";

/** Longest text of a row; the detail of a trace has all of it. */
const MAX_TEXT = 300;

/** What the rows of many traces have alike. */
export interface TraceKind {
  readonly tool: string;
  readonly caller: string;
  /** One of the four, or `unreadable`. */
  readonly verdict: string;
  readonly rules: readonly string[];
  readonly reasons: readonly string[];
  readonly policy: string;
  /** Whether an approval token was used. */
  readonly approved: boolean;
  /** Why the file is no trace. */
  readonly error?: string;
}

/** What the list of traces shows of one, and is searched by. */
export interface TraceRow extends TraceKind {
  readonly path: string;
  readonly id: string;
  readonly time: string;
  /** In milliseconds since 1970; 0 when it is unknown. */
  readonly at: number;
  readonly intent: string;
}

/** The row of a trace file. What does not read is listed as unreadable: a damaged trace must not be invisible. */
export function rowOf(path: string, bytes: Uint8Array): TraceRow {
  try {
    return rowOfRecord(path, readTraceRecord(bytes));
  } catch (error) {
    if (error instanceof GaitError) return unreadableRow(path, error);
    throw error;
  }
}

/** The row of a file that can't be read as a trace. */
export function unreadableRow(path: string, error: GaitError): TraceRow {
  return {
    ...{ path, id: "", time: "", at: 0, tool: "", caller: "", verdict: "unreadable" },
    ...{ rules: [], reasons: [], intent: "", policy: "", approved: false, error: cut(error.message) },
  };
}

function rowOfRecord(path: string, trace: TraceRecord): TraceRow {
  const time = [trace.observed_at, trace.created_at].find(isKnownTime) ?? "";
  const steps = trace.step_verdicts.map((step) =>
    typeof step?.matched_rule === "string" ? step.matched_rule : ""
  );
  return {
    path,
    id: cut(trace.trace_id),
    time: cut(time),
    at: time === "" ? 0 : Date.parse(time) || 0, // a leap second is no time to JavaScript
    tool: cut(trace.tool_name),
    caller: cut(requesterOf(trace)),
    verdict: cut(verdictThatCounts({ ...trace, verdict: trim(trace.verdict) })),
    rules: [...new Set([...trace.matched_rule_ids, ...steps])].filter((rule) => rule !== "").map(cut),
    reasons: trace.violations.slice(0, 20).map(cut),
    intent: cut(trace.intent_digest),
    policy: cut(trace.policy_digest),
    approved: trace.approval_token_ref !== "",
  };
}

function requesterOf({ relationship }: TraceRecord): string {
  return relationship?.agent_chain.find(({ role }) => role === "requester")?.identity ?? "";
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…`.toWellFormed() : text;
}

/** A row as JSON. */
export function encodeRow(row: TraceRow): JsonObject {
  return { ...row, rules: [...row.rules], reasons: [...row.reasons] };
}
