import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import type { Roots } from "../input.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import {
  countSkipped,
  type Element,
  elementsOf,
  type FormatReader,
  itemsOf,
  objectsIn,
  readLog,
} from "./reader.ts";

/** Steps of runs of OpenAI's Assistants API, as its lists, its objects and the events of its streams. */
export const assistants: FormatReader = {
  title: "OpenAI Assistants and agents of Azure AI: steps of runs, as lists, objects or streamed events",
  reads: "`tool_calls` of `step_details`; calls that a run waits for (`required_action`); one run per thread",
  lost: "messages, deltas, which whole steps repeat; all other objects are counted",
  example:
    '{"object":"list","data":[{"id":"s1","object":"thread.run.step","step_details":{"type":"tool_calls","tool_calls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}","output":"ok"}}]}}]}',
  detect: (values) =>
    values.some((value) => objectsOf({ value, position: "" }).some(({ value }) => mentionsCalls(value))),
  read(roots) {
    const readings = threadsIn(roots).map(({ position, elements }) => {
      const others = countSkipped();
      const value = elements.map((element) => element.value);
      return readLog({ position, value, elements }, readObject(others.add), (ledger) => {
        others.report(ledger, position);
      });
    });
    return { readings, skipped: [] };
  },
};

const isStep = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && value.object === "thread.run.step";
const isRun = (value: JsonValue): value is JsonObject => isJsonObject(value) && value.object === "thread.run";
const mentionsCalls = (value: JsonValue) =>
  isStep(value) && isJsonObject(value.step_details) && value.step_details.type === "tool_calls" ||
  isRun(value) && isJsonObject(value.required_action);

/** The objects in a list of the API, in an event of a stream, or the value itself. */
function objectsOf({ value, position }: Element): Element[] {
  if (!isJsonObject(value)) return [{ value, position }];
  const { data, event } = value;
  if (value.object === "list" && Array.isArray(data)) return itemsOf(data, `${position}, object`);
  return typeof event === "string" && isJsonObject(data)
    ? [{ value: data, position }]
    : [{ value, position }];
}

/**
 * The objects of each thread in the order of their creation, which is not that of the API: it lists the latest first.
 * The last state of a step is the one that counts.
 */
function threadsIn(roots: Roots): { readonly position: string; readonly elements: Element[] }[] {
  const threads = new Map<string, Map<string, Element>>();
  elementsOf(roots).flatMap(objectsOf).forEach((element, i) => {
    const { value } = element;
    const object = isJsonObject(value) ? value : {};
    const thread = typeof object.thread_id === "string" ? object.thread_id : "";
    const objects = threads.get(thread) ?? new Map<string, Element>();
    threads.set(thread, objects);
    const isState = isStep(value) || isRun(value);
    objects.set(isState && typeof object.id === "string" ? `id ${object.id}` : `at ${i}`, element);
  });
  return [...threads].map(([thread, objects]) => ({
    position: thread === "" ? "conversation 1" : `thread ${thread.slice(0, 80)}`,
    elements: [...objects.values()].sort((a, b) => createdAt(a.value) - createdAt(b.value)),
  }));
}

function createdAt(value: JsonValue): number {
  // A run that waits for its calls repeats what its steps tell of.
  if (isRun(value)) return Infinity;
  return isJsonObject(value) && typeof value.created_at === "number" ? value.created_at : 0;
}

function readObject(leave: (kind: string) => void): (object: Message, ledger: Ledger) => void {
  const known = new Set<string>();
  return ({ value, position, time }, ledger) => {
    ledger.use(time);
    if (!mentionsCalls(value)) {
      const kind = typeof value.object === "string" ? value.object : "none";
      if (isStep(value) || isRun(value) || /^thread/.test(kind)) {
        return leave(`object "${kind.slice(0, 80)}"`);
      }
      return ledger.leaveOut(position, value, "no object of a thread");
    }
    ledger.nextTurn();
    const details = isStep(value) ? value.step_details : requiredIn(value);
    const calls = isJsonObject(details) ? details.tool_calls : undefined;
    if (!Array.isArray(calls)) return ledger.foreign(position, "tool_calls is not a list");
    const ended = timeIn(value, position, ledger, ["completed_at", "failed_at"]) ?? time;
    calls.forEach((call, i) => {
      const place = `${position}, call ${i + 1}`;
      if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
      const key = keyOf(call);
      if (key !== undefined && known.has(key)) return leave("call that is repeated");
      if (key !== undefined) known.add(key);
      readCall(call, value, { position: place, time, ended }, ledger);
    });
  };
}

/** What a call is known by: a step has it with its output, the run that waited for it without. */
function keyOf({ id, type, function: asked }: JsonObject): string | undefined {
  if (typeof id !== "string") return undefined;
  const { name, arguments: args } = isJsonObject(asked) ? asked : {};
  return canonicalize([id, type ?? null, name ?? null, args ?? null]);
}

const requiredIn = ({ required_action: action }: JsonObject) =>
  isJsonObject(action) ? action.submit_tool_outputs : undefined;

function readCall(
  call: JsonObject,
  { status, last_error: error }: JsonObject,
  { position, time, ended }: Pick<Message, "position" | "time"> & { readonly ended: Message["time"] },
  ledger: Ledger,
): void {
  const { id, type } = call;
  // Agents of Azure write a call by MCP without the object that its type names.
  const inside = typeof type !== "string"
    ? undefined
    : type === "mcp" && call.mcp === undefined
    ? call
    : call[type];
  if (typeof type !== "string" || !isJsonObject(inside)) {
    return ledger.foreign(position, "call of no known type");
  }
  const isFunction = type === "function" || typeof inside.name === "string" && inside.arguments !== undefined;
  const { output, outputs, results, ...args } = inside;
  const tool = isFunction ? inside.name : type;
  const index = ledger.call({ position, id, tool, args: isFunction ? inside.arguments : args, time });
  if (index === undefined) return;
  const failed = status === "failed" || status === "cancelled" || status === "expired";
  const content = output ?? withoutTexts(failed && !isNonEmpty(outputs) ? undefined : outputs) ?? results;
  if ((content ?? null) !== null || failed) {
    ledger.answerTo(index, {
      content: content ?? error ?? { status: status ?? null },
      failed: failed ? true : undefined,
      time: ended,
    });
  }
}

/** Logs alone are their text. */
function withoutTexts(outputs: JsonValue | undefined): JsonValue | undefined {
  const logs = objectsIn(outputs);
  const isText = Array.isArray(outputs) && logs.length === outputs.length && logs.length > 0 &&
    logs.every(({ type, logs: text }) => type === "logs" && typeof text === "string");
  return isText ? logs.map(({ logs: text }) => text).join("\n") : outputs;
}
