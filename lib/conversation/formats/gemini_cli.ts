import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import {
  type Element,
  type FormatReader,
  itemsOf,
  type Log,
  logsOf,
  objectsIn,
  readLog,
  textIn,
} from "./reader.ts";

/** Chats of Gemini CLI (`~/.gemini/tmp/…/chats/session-*.json`) and its `--output-format stream-json`. */
export const geminiCli: FormatReader = {
  title: "Gemini CLI: chats as JSON or JSONL, stream-json",
  reads:
    "`toolCalls` of messages of type `gemini` with their `result` and `status`, also in `$set` and `$patch`; lines `tool_use` and `tool_result`",
  lost: "what was said, thoughts",
  example:
    '{"sessionId":"s","messages":[{"id":"m","type":"gemini","toolCalls":[{"id":"c1","name":"read_file","args":{}}]}]}',
  detect: (values) =>
    values.some((value) =>
      isJsonObject(value) &&
      [value, ...objectsIn(value.messages), ...objectsIn(isJsonObject(value.$set) ? value.$set.messages : [])]
        .some((one) => isMessage(one) || isEvent(one))
    ),
  read: (roots) => ({ readings: logsOf(roots).map((log) => readLog(latest(log), readChat)), skipped: [] }),
};

const isMessage = ({ type, toolCalls, id }: JsonObject) =>
  type === "gemini" && (Array.isArray(toolCalls) || typeof id === "string");

const isEvent = ({ type, tool_id: id }: JsonObject) =>
  typeof id === "string" && (type === "tool_use" || type === "tool_result");

/**
 * A message is written again as its calls progress, also in a snapshot of all messages (`$set`) or a patch of some
 * (`$patch`); the last state of each call is used, at the position of the first. A call that a later state leaves out
 * was made all the same, and so were those of messages that the user went back behind.
 */
function latest(log: Log): Log {
  const at = new Map<string, number>();
  const elements: Element[] = [];
  const rewritten = new Map<number, Rewritten>();
  for (const element of log.elements.flatMap(inSnapshot)) {
    const { value } = element;
    const id = isJsonObject(value) && isMessage(value) ? textIn(value.id) : undefined;
    const known = id === undefined ? undefined : at.get(id);
    if (known === undefined) {
      if (id !== undefined) at.set(id, elements.length);
      elements.push(element);
      continue;
    }
    let message = rewritten.get(known);
    if (message === undefined) {
      rewritten.set(known, message = new Rewritten());
      message.add(elements[known]!.value as JsonObject);
    }
    message.add(value as JsonObject);
  }
  for (const [i, message] of rewritten) elements[i] = { ...elements[i]!, value: message.value() };
  return { ...log, elements };
}

/** The messages of a snapshot, or what a patch changes of some, or the element itself. */
function inSnapshot(element: Element): Element[] {
  const { value, position } = element;
  const { $set: set, $patch: patch } = isJsonObject(value) ? value : {};
  const all = isJsonObject(set) ? set.messages : undefined;
  const changed = isJsonObject(patch) && Array.isArray(patch.updates)
    ? patch.updates.map((one) => isJsonObject(one) ? { type: "gemini", ...one } : one)
    : undefined;
  const list = Array.isArray(all) ? all : changed;
  return list === undefined
    ? [element]
    : itemsOf(list, "message").map((one) => ({ ...one, position: `${position}, ${one.position}` }));
}

/** A message of which several states are written. Each adds only its own members: there may be as many states as members. */
class Rewritten {
  readonly #members = new Map<string, JsonValue>();
  readonly #calls = new Map<string, Map<string, JsonValue>>();
  #nameless: JsonValue[] = [];

  add(state: JsonObject): void {
    const timestamp = this.#members.get("timestamp");
    addMembers(state, this.#members);
    // A session that is resumed is written again with the time of that.
    if (timestamp !== undefined) this.#members.set("timestamp", timestamp);
    if (!Array.isArray(state.toolCalls)) return;
    // Nothing says which of the calls without an id are the same, so the last list of them stands for itself.
    this.#nameless = [];
    for (const call of state.toolCalls) {
      const id = isJsonObject(call) ? textIn(call.id) : undefined;
      if (id === undefined) {
        this.#nameless.push(call);
        continue;
      }
      const known = this.#calls.get(id) ?? new Map<string, JsonValue>();
      this.#calls.set(id, known);
      addMembers(call as JsonObject, known);
    }
  }

  value(): JsonObject {
    const calls = [...this.#calls.values()].map((members) => Object.fromEntries(members));
    return { ...Object.fromEntries(this.#members), toolCalls: [...calls, ...this.#nameless] };
  }
}

function addMembers(value: JsonObject, to: Map<string, JsonValue>): void {
  for (const [name, member] of Object.entries(value)) to.set(name, member);
}

const OTHERS = new Set(["user", "info", "error", "warning", "init", "message", "result", "gemini"]);

const ABOUT = ["projectHash", "$set", "$patch", "$rewindTo"] as const;

function readChat({ value, position, time }: Message, ledger: Ledger): void {
  const { type, toolCalls } = value;
  if (isEvent(value)) return readEvent({ value, position, time }, ledger);
  // The head of a session, its changes, and the user's going back.
  if (
    type === undefined && ABOUT.some((name) => typeof value[name] === "string" || isJsonObject(value[name]))
  ) {
    ledger.use(time);
    return ledger.leaveOut(position, value, "line about the session");
  }
  if (typeof type !== "string" || !OTHERS.has(type)) {
    return ledger.leaveOut(position, value, "line that is not known");
  }
  ledger.use(time);
  if (type === "gemini") ledger.nextTurn();
  (Array.isArray(toolCalls) ? toolCalls : []).forEach((call, i) =>
    readCall(call, `${position}, call ${i + 1}`, time, ledger)
  );
}

function readCall(call: JsonValue, position: string, time: Message["time"], ledger: Ledger): void {
  if (!isJsonObject(call)) return ledger.foreign(position, "no JSON object");
  const { id, name, args, status, result } = call;
  const ended = timeIn(call, position, ledger) ?? time;
  const index = ledger.call({ position, id, tool: name, args: args ?? {}, time });
  if (index === undefined || (result ?? null) === null && status !== "error" && status !== "cancelled") {
    return;
  }
  const failed = status === "success"
    ? false
    : status === "error" || status === "cancelled"
    ? true
    : undefined;
  const content = responseIn(result) ?? { status: status ?? null };
  ledger.answerTo(index, { content, failed, time: ended });
}

/** The response in the parts of a result. */
function responseIn(result: JsonValue | undefined): JsonValue | undefined {
  const responses = objectsIn(result).map(({ functionResponse }) => functionResponse).filter(isJsonObject);
  return responses.length === 1
    ? responses[0]!.response
    : Array.isArray(result) && result.length === 0
    ? undefined
    : Array.isArray(result)
    ? { parts: result }
    : result;
}

function readEvent({ value, position, time }: Message, ledger: Ledger): void {
  ledger.use(time);
  const { type, tool_id: id, tool_name: tool, parameters, status, output, error } = value;
  if (type === "tool_use") return void ledger.call({ position, id, tool, args: parameters ?? {}, time });
  const failed = status === "error" ? true : status === "success" ? false : undefined;
  ledger.answer({ position, id, content: error ?? output, failed, time });
}
