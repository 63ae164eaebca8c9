import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { readContent } from "./gemini.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import type { Keeping } from "../keeping.ts";
import { countSkipped, type FormatReader, objectsIn } from "./reader.ts";

/** Messages of a session of the Live API of Gemini and Vertex AI, of either side. */
export const geminiLive: FormatReader = {
  title:
    "Gemini Live API (also Vertex AI): messages of a session, also wrapped in a member `message` or `data`",
  reads:
    "`toolCall` and `toolResponse`, `executableCode` and its result in `serverContent`, calls in the turns of `clientContent`; also in snake case",
  lost: "what was said, audio; all other messages are counted; calls that the server cancelled are listed",
  example: '{"toolCall":{"functionCalls":[{"id":"f1","name":"pay","args":{}}]}}',
  detect: (values) => values.some((value) => callsOf(messageIn(value)) !== undefined),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

function open(keep: Keeping) {
  const others = countSkipped();
  return oneLog(
    openLog("conversation 1", keep, (message, ledger) => {
      if (!readMessage(message, ledger)) others.add(`message "${nameOf(messageIn(message.value))}"`);
    }, (ledger) => others.report(ledger, "conversation 1")),
  );
}

/** The message in a line, which a logger may have put its time and side around. */
function messageIn(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) return {};
  const inner = [value.message, value.data].find((one) => isJsonObject(one) && nameOf(one) !== "none");
  return nameOf(value) === "none" && isJsonObject(inner) ? inner : value;
}

const NAMES = [
  "setup",
  "setupComplete",
  "clientContent",
  "realtimeInput",
  "serverContent",
  "toolCall",
  "toolResponse",
  "toolCallCancellation",
  "usageMetadata",
  "goAway",
  "sessionResumptionUpdate",
  "voiceActivity",
] as const;

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function memberOf(message: JsonObject, name: typeof NAMES[number]): JsonObject | undefined {
  const member = message[name] ?? message[snake(name)];
  return isJsonObject(member) ? member : undefined;
}

const nameOf = (message: JsonObject) => NAMES.find((name) => memberOf(message, name) !== undefined) ?? "none";

function callsOf(message: JsonObject): JsonObject[] | undefined {
  const call = memberOf(message, "toolCall");
  const list = call?.functionCalls ?? call?.function_calls;
  return Array.isArray(list) ? objectsIn(list) : undefined;
}

/** Whether a message was one with a call or an answer. */
function readMessage(element: Message, ledger: Ledger): boolean {
  const message = messageIn(element.value);
  const { position } = element;
  ledger.use(element.time);
  if (nameOf(message) === "none") {
    ledger.leaveOut(position, element.value, "no message of the Live API");
    return true;
  }
  let isRead = false;
  const read = (value: JsonObject) => {
    isRead = true;
    readContent({ ...element, value }, ledger);
  };
  const content = memberOf(message, "serverContent");
  const turn = content?.modelTurn ?? content?.model_turn;
  if (isJsonObject(turn) && mayAct(turn)) read(turn);
  for (const one of objectsIn(memberOf(message, "clientContent")?.turns)) if (mayAct(one)) read(one);
  const calls = callsOf(message);
  if (calls !== undefined) read({ role: "model", parts: calls.map((call) => ({ functionCall: call })) });
  const response = memberOf(message, "toolResponse");
  const responses = response?.functionResponses ?? response?.function_responses;
  if (responses !== undefined) {
    const list = Array.isArray(responses) ? responses : [responses];
    read({ role: "user", parts: objectsIn(list).map((one) => ({ functionResponse: one })) });
  }
  const cancelled = memberOf(message, "toolCallCancellation")?.ids;
  if (Array.isArray(cancelled)) {
    isRead = true;
    ledger.skip(position, `${cancelled.length} × call that the server cancelled after it was asked for`);
  }
  return isRead;
}

/** Whether a content has a part that is not just said. */
const mayAct = ({ parts }: JsonObject) =>
  objectsIn(parts).some((part) =>
    !["text", "inlineData", "inline_data"].some((name) => Object.hasOwn(part, name))
  );
