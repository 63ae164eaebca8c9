import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { readArguments } from "../payload.ts";
import { readEach } from "./continued.ts";
import { CallsOfEvents } from "./events_once.ts";
import { conversationEach } from "./lines.ts";
import {
  conversationIn,
  type FormatReader,
  type Log,
  logsOf,
  objectsIn,
  type Reading,
  readLog,
  wordOf,
} from "./reader.ts";

/** Messages of Pydantic AI, as `all_messages_json` writes them. */
export const pydanticAi: FormatReader = {
  title: "Pydantic AI: messages, nodes and results of runs, streamed events",
  reads:
    "parts `tool-call`, `tool-return` and `retry-prompt`, also `builtin-…`; events `part_end`, `function_tool_call` and `function_tool_result`, a call once",
  lost: "what was said, thoughts, pieces of streams; retries that are about no tool",
  example:
    '[{"kind":"response","parts":[{"part_kind":"tool-call","tool_name":"pay","args":{},"tool_call_id":"c1"}]}]',
  detect: (values) =>
    values.some((value) =>
      [value, ...messagesIn(value) ?? []].some((one) => isMessage(messageOf(one)) || isEvent(one))
    ),
  read: (roots) => readEach(logsOf(roots, messagesIn), (log) => readRun(log)),
  byLine: conversationEach(readRun, messagesIn),
};

function readRun(log: Log, keep?: Keeping): Reading {
  const events = openEvents();
  return readLog(
    log,
    (message, ledger) => {
      const value = messageOf(message.value);
      if (isEvent(value)) events.read({ ...message, value }, ledger);
      else if (isMessage(value) || !isNode(value)) readMessage({ ...message, value }, ledger);
      else ledger.use(message.time);
    },
    events.end,
    keep,
  );
}

/** The messages of a conversation, or in the result of a run, which keeps them in its state. */
function messagesIn(value: JsonValue): JsonValue[] | undefined {
  const state = isJsonObject(value) ? value._state ?? value.state : undefined;
  const history = isJsonObject(state) ? state.message_history : undefined;
  return Array.isArray(history) ? history : conversationIn(value);
}

/** The message in a node of a run's graph, or the value itself. */
function messageOf(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) return {};
  const message = value.model_response ?? value.request;
  return isMessage(message ?? null) ? message as JsonObject : value;
}

/** Nodes that hold no message: where a run begins and ends. */
const isNode = (value: JsonObject) => Object.hasOwn(value, "user_prompt") || Object.hasOwn(value, "data");

const isEvent = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && typeof value.event_kind === "string";

function isMessage(value: JsonValue): boolean {
  return isJsonObject(value) && (value.kind === "request" || value.kind === "response") &&
    objectsIn(value.parts).some(({ part_kind: kind }) => typeof kind === "string");
}

const SPOKEN = new Set(["text", "thinking", "file", "user-prompt", "system-prompt", "compaction"]);

function readMessage({ value, position, time }: Message, ledger: Ledger): void {
  const { kind, parts } = value;
  if (kind !== "request" && kind !== "response" || !Array.isArray(parts)) {
    return ledger.leaveOut(position, value, "neither a request nor a response");
  }
  ledger.use(time);
  if (kind === "response") ledger.nextTurn();
  parts.forEach((part, i) => {
    const place = `${position}, part ${i + 1}`;
    if (isJsonObject(part)) readPart(part, place, timeIn(part, place, ledger) ?? time, ledger);
    else ledger.leaveOut(place, part, "no JSON object");
  });
}

function readPart(part: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  const { tool_name: tool, tool_call_id: id, content } = part;
  switch (part.part_kind) {
    case "tool-call":
    case "builtin-tool-call":
      return void ledger.call({ position, id, tool, args: part.args ?? {}, time });
    case "tool-return":
    case "builtin-tool-return":
      return ledger.answer({ position, id, tool, content, failed: failureOf(part), time });
    case "retry-prompt":
      // Without a tool it is the text of the model that has to be written again.
      if ((tool ?? null) === null) return;
      return ledger.answer({
        position,
        id,
        tool,
        content: typeof content === "string" ? content : { error: content ?? null },
        failed: true,
        time,
      });
    default:
      if (typeof part.part_kind === "string" && SPOKEN.has(part.part_kind)) return;
      ledger.leaveOut(position, part, `part of kind "${wordOf(part.part_kind)}"`);
  }
}

/** Reads the events of a streamed run, in which a call is asked for in pieces, then made, then answered. */
function openEvents() {
  const calls = new CallsOfEvents();
  const begun = new Map<string, string>();
  const keyOf = ({ tool_call_id: id, tool_name: tool, args }: JsonObject) =>
    canonicalize([id ?? null, tool ?? null, readArguments(args ?? {}).args]);
  const readCall = (kind: string, part: JsonObject, message: Message, ledger: Ledger) => {
    const key = keyOf(part);
    begun.delete(asText(part.tool_call_id ?? ""));
    calls.call(key, calls.count(kind, key), () => {
      const { tool_call_id: id, tool_name: tool, args } = part;
      return ledger.call({ position: message.position, id, tool, args: args ?? {}, time: message.time });
    });
  };
  return {
    read(message: Message, ledger: Ledger): void {
      const { position, value: event } = message;
      const part = event.part ?? event.result;
      const kind = asText(event.event_kind ?? "");
      ledger.use(message.time);
      // The last event repeats all messages.
      if (!isJsonObject(part) || kind === "part_delta" || kind === "agent_run_result") return;
      const isCall = part.part_kind === "tool-call" || part.part_kind === "builtin-tool-call";
      const time = timeIn(part, position, ledger) ?? message.time;
      if (kind === "part_start") {
        if (isCall && typeof part.tool_call_id === "string") begun.set(part.tool_call_id, position);
        else if (part.part_kind === "builtin-tool-return") readPart(part, position, time, ledger);
      } else if (isCall) readCall(kind, part, { ...message, time }, ledger);
      // The end of a part repeats a result that stands whole at its beginning.
      else if (kind !== "part_end" && kind !== "builtin_tool_result") readPart(part, position, time, ledger);
    },
    end(ledger: Ledger): void {
      for (const position of begun.values()) {
        ledger.skip(position, "call that was not complete when the stream broke off");
      }
    },
  };
}

/** The outcome of a tool; versions without that word tell failures by a retry alone. */
function failureOf({ outcome }: JsonObject): boolean | undefined {
  return typeof outcome === "string" ? outcome !== "success" : undefined;
}
