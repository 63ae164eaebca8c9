import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn } from "./reader.ts";

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
);

const ASKS = new Set(["tool_call_message", "approval_request_message"]);
const ANSWER = "tool_return_message";
/** Approvals answer a question that the call itself shows. */
const SAID =
  /^(?:system|user|assistant|reasoning|hidden_reasoning|approval_response|summary|event)_message$|^(?:stop_reason|usage_statistics|ping)$/;

function readCalls(value: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  ledger.nextTurn();
  const { tool_call: only, tool_calls: all } = value;
  const calls = Array.isArray(all) && all.length > 0 ? all : [only ?? null];
  calls.forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
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
