import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn } from "./reader.ts";

/** Sessions of Continue. */
export const continueDev = messageFormat(
  {
    title: "Continue: sessions",
    reads:
      "`toolCalls` of messages of the assistant, `toolCallStates` with their status and output, messages of role `tool`",
    lost: "what was said, context; calls that were still being written",
    example:
      '{"sessionId":"s","history":[{"message":{"role":"assistant","content":"","toolCalls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}"}}]},"contextItems":[]}]}',
  },
  (value) => isEntry(value) && (callsOf(value).length > 0 || typeof messageOf(value).toolCallId === "string"),
  ({ value, position, time }, ledger) => {
    if (!isEntry(value)) return ledger.leaveOut(position, value, "no entry of a session");
    ledger.use(time);
    const message = messageOf(value);
    // The state of a call has its output too, and more often.
    if (message.role === "tool") {
      return ledger.answer({
        position,
        id: message.toolCallId,
        content: message.content,
        time,
      });
    }
    readCalls(value, { position, time }, ledger);
  },
  {
    inside: (value) =>
      isJsonObject(value) && Array.isArray(value.history) ? withoutRepeats(value.history) : undefined,
    own: ({ message }) => message,
  },
);

const isEntry = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && isJsonObject(value.message) && Array.isArray(value.contextItems);
const messageOf = ({ message }: JsonObject) => isJsonObject(message) ? message : {};
const statesOf = (entry: JsonObject) =>
  isJsonObject(entry.toolCallState) ? [entry.toolCallState] : objectsIn(entry.toolCallStates);

/** The calls of a message, and those that only its states have. */
function callsOf(entry: JsonObject): JsonObject[] {
  const calls = objectsIn(messageOf(entry).toolCalls);
  const ids = new Set(calls.map(({ id }) => id));
  const others = statesOf(entry).map(({ toolCall }) => toolCall).filter((call) =>
    call !== undefined && isJsonObject(call) && !ids.has(call.id)
  ) as JsonObject[];
  return [...calls, ...others];
}

/** Messages with an output that the state of the call has, too, are left out. */
function withoutRepeats(history: readonly JsonValue[]): JsonValue[] {
  const reported = new Set<JsonValue>();
  for (const entry of objectsIn([...history])) {
    for (const state of statesOf(entry)) {
      if (outcomeOf(state) !== undefined) reported.add(state.toolCallId ?? null);
    }
  }
  return history.filter((entry) =>
    !isEntry(entry) || messageOf(entry).role !== "tool" || !reported.has(messageOf(entry).toolCallId ?? null)
  );
}

function readCalls(
  entry: JsonObject,
  { position, time }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  ledger.nextTurn();
  const { toolCalls: given } = messageOf(entry);
  if ((given ?? null) !== null && !Array.isArray(given)) ledger.foreign(position, "toolCalls is not a list");
  const states = new Map(statesOf(entry).map((state) => [state.toolCallId, state]));
  callsOf(entry).forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    const state = states.get(call.id);
    if (!isJsonObject(call.function)) return ledger.foreign(place, "call without a function");
    if (state?.status === "generating") return ledger.skip(place, "call that was not completed by the model");
    const { name: tool, arguments: args } = call.function;
    const index = ledger.call({ position: place, id: call.id, tool, args, time });
    const outcome = state === undefined ? undefined : outcomeOf(state);
    // Of two calls of one id the first has the outcome.
    states.delete(call.id);
    if (index !== undefined && outcome !== undefined) ledger.answerTo(index, { ...outcome, time });
  });
}

function outcomeOf(
  { status, output }: JsonObject,
): { readonly content: JsonValue; readonly failed: boolean | undefined } | undefined {
  const items = objectsIn(output);
  const texts = items.map(({ content }) => content);
  const content = texts.length > 0 && texts.every((text) => typeof text === "string")
    ? texts.join("\n")
    : output;
  if (status === "done") return { content: content ?? "", failed: undefined };
  if (status === "errored") return { content: content ?? { status }, failed: true };
  return status === "canceled" ? { content: content ?? { status }, failed: true } : undefined;
}
