import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import { readEach } from "./continued.ts";
import { conversationIn, type FormatReader, logsOf, objectsIn, readLog, textIn } from "./reader.ts";

/** Sessions of Goose, exported ones, and its `--output-format stream-json`. */
export const goose: FormatReader = {
  title: "Goose: session JSONL, exported sessions, stream-json",
  reads: "blocks `toolRequest` and `toolResponse`",
  lost: "what was said; requests that Goose could not read",
  example:
    '{"role":"assistant","content":[{"type":"toolRequest","id":"c1","toolCall":{"status":"success","value":{"name":"shell","arguments":{}}}}]}',
  detect: (values) =>
    values.some((value) =>
      [value, ...messagesIn(value) ?? []].some((one) => isJsonObject(one) && isMessage(one))
    ),
  read: (roots) => readEach(logsOf(roots, messagesIn), (log) => readLog(log, readMessage)),
};

function messagesIn(value: JsonValue): JsonValue[] | undefined {
  return isJsonObject(value) && Array.isArray(value.conversation)
    ? value.conversation
    : conversationIn(value);
}

const messageOf = (value: JsonObject): JsonObject =>
  value.type === "message" && isJsonObject(value.message) ? value.message : value;

const isMessage = (value: JsonObject) =>
  objectsIn(messageOf(value).content).some(({ type, toolCall, toolResult }) =>
    REQUESTS.has(asText(type)) && isJsonObject(toolCall) ||
    type === "toolResponse" && isJsonObject(toolResult)
  );

const REQUESTS = new Set(["toolRequest", "frontendToolRequest"]);

const OTHERS = new Set([
  "text",
  "image",
  "thinking",
  "redactedThinking",
  "toolConfirmationRequest",
  "actionRequired",
  "systemNotification",
  "contextLengthExceeded",
  "summarizationRequested",
]);

function readMessage({ value, position, time }: Message, ledger: Ledger): void {
  const message = messageOf(value);
  const { role, content } = message;
  ledger.use(time);
  if (typeof role !== "string" || !Array.isArray(content)) {
    return ledger.leaveOut(position, value, "line without a message");
  }
  if (role === "assistant") ledger.nextTurn();
  content.forEach((block, i) => {
    const place = `${position}, block ${i + 1}`;
    if (!isJsonObject(block)) return ledger.leaveOut(place, block, "no JSON object");
    const { type, id, toolCall, toolResult } = block;
    if (REQUESTS.has(asText(type)) && isJsonObject(toolCall)) {
      const { value: call, error } = outcomeOf(toolCall);
      if (error !== undefined) return ledger.skip(place, "call that Goose could not read");
      const { name, arguments: args } = isJsonObject(call) ? call : {};
      ledger.call({ position: place, id, tool: name, args: args ?? {}, time });
    } else if (type === "toolResponse" && isJsonObject(toolResult)) {
      readResult(toolResult, { value: block, position: place, time }, ledger);
    } else if (!OTHERS.has(asText(type))) ledger.leaveOut(place, block, "block that is not known");
  });
}

function readResult(given: JsonObject, { value, position, time }: Message, ledger: Ledger): void {
  const { value: result, error } = outcomeOf(given);
  const { content, isError } = isJsonObject(result) ? result : { content: result, isError: undefined };
  ledger.answer({
    position,
    id: value.id,
    content: error ?? joinTexts(content, position, ledger),
    failed: error !== undefined
      ? true
      : typeof isError === "boolean"
      ? isError
      : given.status === "success"
      ? false
      : undefined,
    time,
  });
}

/** What came of a step, as Goose writes the results of Rust: by its status, by `Ok` and `Err`, or the value itself. */
function outcomeOf(
  given: JsonObject,
): { readonly value: JsonValue | undefined; readonly error: JsonValue | undefined } {
  const { status, value, error, Ok, Err } = given;
  if (status === "error" || Err !== undefined) {
    return { value: undefined, error: Err ?? error ?? textIn(status) };
  }
  return { value: Ok ?? (status === "success" ? value : given), error: undefined };
}
