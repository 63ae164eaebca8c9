import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { readArguments } from "../payload.ts";
import { CallsOfIds } from "./events_once.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import type { Keeping } from "../keeping.ts";
import { countSkipped, type FormatReader, idIn, type LineReader, objectsIn, wordOf } from "./reader.ts";

/** A format in which every line is an event, and calls have one when they begin and one when they end. */
function eventFormat(
  about: Pick<FormatReader, "title" | "reads" | "lost" | "example">,
  isLine: (value: JsonObject) => boolean,
  open: (key: Keeping["key"]) => (line: Message, ledger: Ledger) => boolean,
): FormatReader {
  const openSession = (keep: Keeping): LineReader => {
    const others = countSkipped();
    const read = open(keep.key);
    return oneLog(openLog("session", keep, (line, ledger) => {
      ledger.use(line.time);
      if (!read(line, ledger)) others.add(`line of type "${wordOf(line.value.type)}"`);
    }, (ledger) => others.report(ledger, "session")));
  };
  return {
    ...about,
    detect: (values) => values.some((value) => isJsonObject(value) && isLine(value)),
    read: (roots) => readValues(roots, openSession),
    byLine: openSession,
  };
}

/** Sessions of GitHub's Copilot CLI (`~/.copilot/session-state/…/events.jsonl`) and its `--output-format json`. */
export const copilot = eventFormat(
  {
    title: "GitHub Copilot CLI: session events",
    reads:
      "`toolRequests` of `assistant.message`, `tool.execution_start` and `tool.execution_complete`; a call once",
    lost: "what was said, hooks, tools that the user asked for",
    example: '{"type":"tool.execution_start","data":{"toolCallId":"c1","toolName":"bash","arguments":{}}}',
  },
  ({ type, data }) =>
    isJsonObject(data) && (type === "tool.execution_start" || type === "tool.execution_complete" ||
      type === "assistant.message" &&
        objectsIn(data.toolRequests).some(({ toolCallId: id }) => id !== undefined)),
  (key) => {
    const known = new CallsOfIds();
    return ({ value, position, time }, ledger) => {
      const { type } = value;
      const data = isJsonObject(value.data) ? value.data : {};
      const call = (id: JsonValue | undefined, tool: JsonValue | undefined, args: JsonValue | undefined) => {
        const own = idIn(id);
        const what = key(canonicalize([tool ?? null, readArguments(args ?? {}).args]));
        if (own !== undefined && !known.isNew(own, asText(type ?? ""), what)) return;
        ledger.call({ position, id, tool, args: args ?? {}, time });
      };
      if (type === "assistant.message") {
        ledger.nextTurn();
        for (const one of objectsIn(data.toolRequests)) call(one.toolCallId, one.name, one.arguments);
        return objectsIn(data.toolRequests).length > 0;
      }
      if (type === "tool.execution_start") {
        call(data.toolCallId, data.toolName, data.arguments ?? data.input);
        return true;
      }
      if (type !== "tool.execution_complete") return false;
      const { result, error, output, success, toolCallId: id } = data;
      const content = isJsonObject(result) ? result.content ?? result : result;
      const failed = typeof success === "boolean" ? !success : undefined;
      ledger.answer({ position, id, content: content ?? output ?? error, failed, time });
      return true;
    };
  },
);

/** The `--output-format stream-json` of Cursor's agent, which has messages in the form of Claude Code beside calls. */
export const cursor = eventFormat(
  {
    title: "Cursor CLI: stream-json",
    reads:
      "lines of type `tool_call`: those that are `started`, and their `result` when they are `completed`",
    lost: "what was said",
    example:
      '{"type":"tool_call","subtype":"started","call_id":"c1","session_id":"s","tool_call":{"readToolCall":{"args":{}}}}',
  },
  ({ type, subtype, tool_call: call }) =>
    type === "tool_call" && (subtype === "started" || subtype === "completed") && isJsonObject(call),
  (key) => {
    const open = new Map<string, { readonly call: number; readonly what: string }>();
    return ({ value, position, time }, ledger) => {
      if (value.type !== "tool_call" || !isJsonObject(value.tool_call)) {
        const mark = findCallMark(value.message);
        if (mark !== undefined) ledger.foreign(position, mark);
        return false;
      }
      const id = idIn(value.call_id);
      const found = Object.entries(value.tool_call).find(([, member]) => isJsonObject(member));
      if (found === undefined) {
        ledger.foreign(position, "tool_call without a call");
        return true;
      }
      const [name, inside] = found as [string, JsonObject];
      const tool = name === "function" ? inside.name : name.replace(/ToolCall$/, "");
      const args = (name === "function" ? inside.arguments : inside.args) ?? {};
      const what = key(canonicalize([tool ?? null, readArguments(args).args]));
      const at = id === undefined ? undefined : `${asText(value.session_id ?? "")} ${id}`;
      const begun = at === undefined ? undefined : open.get(at);
      // One that begins with other arguments under the id of an open one is another call.
      const isKnown = begun !== undefined && (value.subtype === "completed" || begun.what === what);
      const call = isKnown ? begun.call : ledger.call({ position, id: value.call_id, tool, args, time });
      if (at !== undefined && call !== undefined && !isKnown) open.set(at, { call, what });
      const { result } = inside;
      if (value.subtype !== "completed" || call === undefined) return true;
      if (at !== undefined) open.delete(at);
      const success = isJsonObject(result) ? result.success : undefined;
      const isFailure = isJsonObject(result) && success === undefined && Object.keys(result).length > 0;
      ledger.answerTo(call, {
        content: success ?? result,
        failed: success !== undefined ? false : isFailure ? true : undefined,
        time,
      });
      return true;
    };
  },
);
