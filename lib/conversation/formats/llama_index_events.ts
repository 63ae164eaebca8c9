import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { readArguments } from "../payload.ts";
import { readCounted } from "./account_exports.ts";
import { CallsOfEvents } from "./events_once.ts";
import { readMessage } from "./llama_index.ts";
import {
  countSkipped,
  type Element,
  elementsOf,
  type FormatReader,
  objectsIn,
  type Reading,
  readLog,
} from "./reader.ts";

/** What workflows of LlamaIndex stream and return, and the events of its instrumentation. */
export const llamaIndexEvents: FormatReader = {
  title: "LlamaIndex: events and output of agent workflows, also serialised; events of its instrumentation",
  reads:
    "`ToolCall`, `ToolCallResult` and the `tool_calls` of an `AgentOutput`, a call once; of the instrumentation `LLMChatStartEvent`, `LLMChatEndEvent` and `AgentToolCallEvent`; one run per run of a workflow",
  lost:
    "what was said, pieces of streams, the history that an agent begins with; all other events are counted",
  example:
    '{"tool_name":"pay","tool_kwargs":{},"tool_id":"c1","tool_output":{"tool_name":"pay","raw_input":{},"raw_output":"ok","is_error":false}}',
  detect: (values) =>
    values.some((value) => {
      const kind = kindOf(eventIn(value));
      return kind !== undefined && kind !== "input" && kind !== "dropped";
    }),
  read(roots) {
    const runs = new Map(
      Array.from(
        Map.groupBy(elementsOf(roots), ({ value }) => runOf(value)),
        ([id, elements]) => [id === "" ? "conversation 1" : `run ${id.slice(0, 80)}`, elements],
      ),
    );
    if (runs.size === 1) return { readings: Array.from(runs, readRun), skipped: [] };
    const parts = Array.from(runs.keys(), (position) => ({ position, value: {} }));
    return readCounted(parts, () => true, ({ position }) => readRun([position, runs.get(position)!]), "run");
  },
};

function readRun([position, elements]: readonly [string, readonly Element[]]): Reading {
  const others = countSkipped();
  const value = elements.map((element) => element.value);
  return readLog(
    { position, value, elements },
    eventReader(others.add),
    (ledger) => others.report(ledger, position),
  );
}

/** The run of a workflow that an event of the instrumentation is tagged with. */
function runOf(value: JsonValue): string {
  const { tags } = eventIn(value);
  const id = isJsonObject(tags) ? tags["llamaindex.run_id"] : undefined;
  return typeof id === "string" ? id : "";
}

/** The event in a value: itself, or what a serializer put its name around; what ends a workflow has its output. */
function eventIn(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) return {};
  const inner = value.__is_pydantic === true || value.__is_component === true ? value.value : value;
  if (!isJsonObject(inner)) return {};
  return isJsonObject(inner.result) && isOutput(inner.result) ? inner.result : inner;
}

type Kind = "call" | "result" | "output" | "input" | "asked" | "answered" | "tool" | "dropped";

function kindOf(event: JsonObject): Kind | undefined {
  if (
    typeof event.tool_name === "string" && Object.hasOwn(event, "tool_kwargs") &&
    Object.hasOwn(event, "tool_id")
  ) {
    return isJsonObject(event.tool_output) ? "result" : "call";
  }
  if (isOutput(event)) return "output";
  if (Array.isArray(event.input) && typeof event.current_agent_name === "string") return "input";
  switch (event.class_name) {
    case "LLMChatStartEvent":
      return Array.isArray(event.messages) ? "asked" : undefined;
    case "LLMChatEndEvent":
      return Array.isArray(event.messages) ? "answered" : undefined;
    case "AgentToolCallEvent":
      return isJsonObject(event.tool) ? "tool" : undefined;
    case "SpanDropEvent":
      return "dropped";
    default:
      return undefined;
  }
}

/** The id of the call whose step threw an error, which the tag of its span ends with. */
function droppedCallOf({ tags }: JsonObject): string | undefined {
  const summary = isJsonObject(tags) && tags["llamaindex.step.input_event"] === "ToolCall"
    ? tags["llamaindex.step.input_summary"]
    : undefined;
  return typeof summary === "string" ? /tool_id='([^'\\]{1,200})'\)$/.exec(summary)?.[1] : undefined;
}

/** An output of an agent; pieces of its stream have a `delta` and calls that are still being written. */
const isOutput = (event: JsonObject) =>
  Array.isArray(event.tool_calls) && typeof event.current_agent_name === "string" &&
  isJsonObject(event.response) && !Object.hasOwn(event, "delta");

/**
 * A reader of events. A model asks for a call, the workflow says that it makes it and what came of it, and the last
 * output has all of them again.
 */
function eventReader(leave: (kind: string) => void): (event: Message, ledger: Ledger) => void {
  const calls = new CallsOfEvents();
  const answered = new Set<string>();
  const asked = new Map<string, number>();
  const failed = new Set<string>();
  const callOf = (event: JsonObject, n: number, { position, time }: Message, ledger: Ledger) =>
    calls.call(keyOf(event), n, () => {
      const { tool_id: id, tool_name: tool, tool_kwargs: args } = event;
      return ledger.call({ position, id, tool, args, time });
    });

  return (message, ledger) => {
    const { position, time } = message;
    const event = eventIn(message.value);
    const kind = kindOf(event);
    ledger.use(time);
    switch (kind) {
      case "call":
        return void callOf(event, calls.count(kind, keyOf(event)), message, ledger);
      case "result": {
        const call = callOf(event, calls.count(kind, keyOf(event)), message, ledger);
        const { is_error: isError, ...output } = event.tool_output as JsonObject;
        if (call === undefined) return;
        return ledger.answerTo(call, {
          content: contentOf(output),
          failed: typeof isError === "boolean" ? isError : undefined,
          time,
        });
      }
      case "output": {
        ledger.nextTurn();
        const within = new Map<string, number>();
        return objectsIn(event.tool_calls).forEach((call, i) => {
          const key = keyOf(call);
          const n = (within.get(key) ?? 0) + 1;
          within.set(key, n);
          callOf(call, n, { ...message, position: `${position}, call ${i + 1}` }, ledger);
        });
      }
      case "asked":
        // A request repeats the history; its answers are what it brings.
        return objectsIn(event.messages).forEach((one, i) => {
          const { role, additional_kwargs: more } = one;
          const id = isJsonObject(more) ? more.tool_call_id : undefined;
          if (role !== "tool" || typeof id !== "string" || answered.has(id)) return;
          answered.add(id);
          readMessage({ value: one, position: `${position}, message ${i + 1}`, time }, {
            ...ledger,
            answer: (answer) => ledger.answer(failed.has(id) ? { ...answer, failed: true } : answer),
          });
        });
      case "answered": {
        const answer = isJsonObject(event.response) ? event.response.message : undefined;
        if (!isJsonObject(answer)) return leave(nameOf(event));
        return readMessage({ value: answer, position, time }, {
          ...ledger,
          call: (call) => {
            const key = canonicalize([call.tool ?? null, readArguments(call.args).args]);
            asked.set(key, (asked.get(key) ?? 0) + 1);
            return ledger.call(call);
          },
        });
      }
      case "tool": {
        // An agent that reads its calls out of a text has them here alone.
        const { name } = event.tool as JsonObject;
        const key = canonicalize([name ?? null, readArguments(event.arguments).args]);
        const left = asked.get(key) ?? 0;
        if (left > 0) {
          asked.set(key, left - 1);
          return leave("event of a call that the model asked for");
        }
        return void ledger.call({ position, id: undefined, tool: name, args: event.arguments, time });
      }
      case "dropped": {
        const id = droppedCallOf(event);
        if (id !== undefined) failed.add(id);
        return leave(nameOf(event));
      }
      default:
        if (kind === undefined && !isEvent(event)) {
          return ledger.leaveOut(position, message.value, "no event");
        }
        return leave(nameOf(event));
    }
  };
}

const keyOf = ({ tool_id: id, tool_name: tool, tool_kwargs: args }: JsonObject) =>
  canonicalize([id ?? null, tool ?? null, readArguments(args).args]);

/** What a tool gave: the value itself where the log has it, else its text. */
function contentOf({ raw_output: raw, content, blocks }: JsonObject): JsonValue | undefined {
  if (isJsonObject(raw)) return raw;
  if (typeof content === "string") return content;
  const texts = objectsIn(blocks).flatMap(({ text }) => typeof text === "string" ? [text] : []);
  return texts.length > 0 ? texts.join("\n") : raw;
}

const nameOf = (event: JsonObject) =>
  `event ${typeof event.class_name === "string" ? `"${event.class_name.slice(0, 80)}"` : "without a call"}`;

/** Events that hold no calls of their own: of the instrumentation, and pieces of a stream. */
const isEvent = (event: JsonObject) =>
  typeof event.class_name === "string" && typeof event.id_ === "string" || typeof event.delta === "string" ||
  Object.hasOwn(event, "current_agent_name") || Object.keys(event).length === 0;
