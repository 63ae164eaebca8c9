import { canonicalize, isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import { sessionLines, textAt } from "./grouped.ts";
import { readValues } from "./lines.ts";
import type { FormatReader, LineReader } from "./reader.ts";
import { wordOf } from "./reader.ts";

/** What hooks of Claude Code and of agents that took over its hooks are given, as a hook logs it. */
export const hooks: FormatReader = {
  title: "Hooks of Claude Code, Gemini CLI, Kiro and others: their payloads, one per line",
  reads:
    "`PreToolUse`, `PostToolUse`, `PostToolUseFailure`, `BeforeTool`, `AfterTool`; one run per session; a call once",
  lost:
    "all other events, counted; whether a hook denied a call: one without an event behind it has no result",
  example:
    '{"hook_event_name":"PreToolUse","session_id":"s","tool_name":"Bash","tool_input":{"command":"ls"}}',
  detect: (values) =>
    values.some((value) => {
      const event = eventOf(value);
      return event !== undefined && (isBefore(event) || isAfter(event)) &&
        textAt(value, "tool_name") !== undefined;
    }),
  read: (roots) => readValues(roots, openSessions),
  byLine: openSessions,
};

function eventOf(value: JsonValue): string | undefined {
  return textAt(value, "hook_event_name", "hookEventName")?.toLowerCase();
}

const isBefore = (event: string) => event === "pretooluse" || event === "beforetool";
const isAfter = (event: string) =>
  event === "posttooluse" || event === "posttoolusefailure" || event === "aftertool";
/** A question about a call, which its own events tell of. */
const isAsked = (event: string) => event === "permissionrequest" || event === "permissiondenied";
/** Events of Cursor's own hooks and others that tell of calls in another form. */
const isOther = (event: string) => /tool|execution|fileedit/.test(event);

function openSessions(keep: Keeping): LineReader {
  return sessionLines(
    keep,
    "session",
    (value) => textAt(value, "session_id", "conversation_id"),
    (value) => `event "${wordOf(value.hook_event_name)}"`,
    () => {
      const waiting = new Map<string, number[]>();
      return ({ value, position, time }, ledger) => {
        const event = eventOf(value);
        if (event === undefined || isAsked(event)) return false;
        const ends = isAfter(event);
        if (!ends && !isBefore(event)) {
          if (isOther(event)) ledger.foreign(position, `event "${event.slice(0, 80)}"`);
          return false;
        }
        const { tool_name: tool, tool_input: args, tool_use_id: id } = value;
        const key = typeof id === "string" && id !== ""
          ? `id ${id}`
          : keep.key(canonicalize([tool ?? null, args ?? null]));
        let call = ends ? take(waiting, key) : undefined;
        if (call === undefined) {
          // A hook that ran again tells of the same call again.
          if (key.startsWith("id ") && waiting.has(key)) return false;
          ledger.nextTurn();
          call = ledger.call({ position, id, tool, args: args ?? {}, time });
          if (call !== undefined) add(waiting, key, ends ? undefined : call);
        }
        if (!ends || call === undefined) return true;
        const failed = event === "posttoolusefailure" || saysFailed(value.tool_response) ? true : undefined;
        const content = value.tool_response ?? value.tool_result ?? value.tool_output ?? value.error;
        ledger.answerTo(call, { content, failed, time });
        return true;
      };
    },
  );
}

function add(waiting: Map<string, number[]>, key: string, call: number | undefined): void {
  const known = waiting.get(key) ?? [];
  waiting.set(key, known);
  if (call !== undefined) known.push(call);
}

/** The latest call that waits: an earlier one that was denied never gets an answer. */
function take(waiting: Map<string, number[]>, key: string): number | undefined {
  return waiting.get(key)?.pop();
}

const saysFailed = (response: JsonValue | undefined) =>
  isJsonObject(response) && (response.success === false || response.is_error === true);
