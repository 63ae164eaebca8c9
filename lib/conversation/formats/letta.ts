import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { readArguments } from "../payload.ts";
import { type Element, idIn, objectsIn } from "./reader.ts";

/** Messages of Letta's API and of its streams. */
export const letta = messageFormat(
  {
    title: "Letta messages: of its API, of streams that are not by token",
    reads:
      "messages of type `tool_call_message`, `approval_request_message` and `tool_return_message`; a call once",
    lost: "what was said, reasoning, approvals",
    example:
      '[{"message_type":"tool_call_message","tool_call":{"name":"pay","arguments":"{}","tool_call_id":"c1"}}]',
  },
  ({ message_type: type }) => typeof type === "string" && (ASKS.has(type) || type === ANSWER),
  ({ value, position, time: given }, ledger) => {
    const { message_type: type } = value;
    if (typeof type !== "string") return ledger.leaveOut(position, value, "no message of Letta");
    const time = given ?? timeIn(value, position, ledger, ["date"]);
    ledger.use(time);
    if (ASKS.has(type)) return readCalls(value, position, time, ledger);
    if (type === ANSWER) return readReturns(value, position, time, ledger);
    if (!SAID.test(type)) ledger.leaveOut(position, value, `message of type "${type.slice(0, 80)}"`);
  },
  {
    keyOf: asked,
    merge: markParts,
    own: (value) => value.message_type === "approval_response_message" ? undefined : value,
  },
);

const ASKS = new Set(["tool_call_message", "approval_request_message"]);
const ANSWER = "tool_return_message";
/** Approvals answer a question that the call itself shows. */
const SAID =
  /^(?:system|user|assistant|reasoning|hidden_reasoning|approval_response|summary|event)_message$|^(?:stop_reason|usage_statistics|ping)$/;

/** The calls of a message that has ids: one that was approved comes again, and so does what a stream resumes with. */
function asked(value: JsonValue): string | undefined {
  if (!isJsonObject(value) || typeof value.message_type !== "string" || !ASKS.has(value.message_type)) {
    return undefined;
  }
  const calls = callsOf(value);
  const haveIds = calls.every((call) =>
    isJsonObject(call) && (call.tool_call_id ?? call.id ?? null) !== null
  );
  return haveIds ? canonicalize([...calls]) : undefined;
}

/** A message of a stream by token has a piece of a call; what has the same id has the others. */
function markParts(elements: readonly Element[]): Element[] {
  const pieces = new Map<string, number>();
  const messageOf = ({ value }: Element) =>
    isJsonObject(value) && isPiece(value) ? idIn(value.id) : undefined;
  for (const element of elements) {
    const id = messageOf(element);
    if (id !== undefined) pieces.set(id, (pieces.get(id) ?? 0) + 1);
  }
  return elements.map((element) => {
    const id = messageOf(element);
    return id === undefined || pieces.get(id) === 1
      ? element
      : { ...element, value: { ...element.value as JsonObject, tool_call: IN_PARTS, tool_calls: null } };
  });
}

const IN_PARTS = "a call in parts; a stream by token is not read, the messages that the API lists are";

function isPiece(value: JsonObject): boolean {
  if (typeof value.message_type !== "string" || !ASKS.has(value.message_type)) return false;
  return callsOf(value).some((call) => {
    const args = isJsonObject(call) ? call.arguments : undefined;
    return typeof args === "string" && readArguments(args).rawArguments;
  });
}

function callsOf({ tool_call: only, tool_calls: all }: JsonObject): readonly JsonValue[] {
  return Array.isArray(all) && all.length > 0 ? all : [only ?? null];
}

function readCalls(value: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  ledger.nextTurn();
  callsOf(value).forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, call === IN_PARTS ? IN_PARTS : "no JSON object");
    const named = isJsonObject(call.function) ? call.function : call;
    const id = call.tool_call_id ?? call.id;
    ledger.call({ position: place, id, tool: named.name, args: named.arguments, time });
  });
}

function readReturns(value: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  const several = objectsIn(value.tool_returns);
  (several.length > 0 ? several : [value]).forEach((answer, i) => {
    const place = several.length > 0 ? `${position}, return ${i + 1}` : position;
    const { status } = answer;
    ledger.answer({
      position: place,
      id: answer.tool_call_id,
      tool: answer.name,
      content: joinTexts(answer.tool_return ?? answer.content, place, ledger),
      failed: status === "error" ? true : status === "success" ? false : undefined,
      time,
    });
  });
}
