import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { readEach } from "./continued.ts";
import { conversationEach } from "./lines.ts";
import { conversationIn, type FormatReader, logsOf, objectsIn, readLog } from "./reader.ts";

/** Contents and answers of the Gemini API. */
export const gemini: FormatReader = {
  title: "Gemini API: contents, answers, streamed answers; events and sessions of Google ADK",
  reads:
    "parts `functionCall` and `functionResponse`, also as `function_call`; `executableCode` and its result",
  lost: "what was said, all candidates but the first; partial events, which whole ones repeat",
  example: '{"contents":[{"role":"model","parts":[{"functionCall":{"name":"pay","args":{}}}]}]}',
  detect: (values) => values.some((value) => [value, ...contentsIn(value) ?? []].some(isContent)),
  read: (roots) => readEach(logsOf(roots, contentsIn), (log) => readLog(log, readContent)),
  byLine: conversationEach((log, keep) => readLog(log, readContent, undefined, keep), contentsIn),
};

/** The contents of a conversation; those of a session of ADK are in its events. */
function contentsIn(value: JsonValue): JsonValue[] | undefined {
  if (isJsonObject(value) && Array.isArray(value.events) && value.events.some(isContent)) return value.events;
  return conversationIn(value);
}

/** The content of an event of ADK. */
function eventContent({ content, author, parts }: JsonObject): JsonObject | undefined {
  return parts === undefined && typeof author === "string" && isJsonObject(content) ? content : undefined;
}

function isContent(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const inside = eventContent(value);
  if (inside !== undefined) return isContent(inside);
  return objectsIn(value.candidates).some(({ content }) =>
    isJsonObject(content) && Array.isArray(content.parts)
  ) ||
    objectsIn(value.parts).some((part) => callIn(part) !== undefined || responseIn(part) !== undefined) ||
    value.role === "model" && Array.isArray(value.parts);
}

const callIn = (part: JsonObject) =>
  objectAt(part, "functionCall", "function_call") ?? ofService(objectAt(part, "toolCall", "tool_call"));
const responseIn = (part: JsonObject) =>
  objectAt(part, "functionResponse", "function_response") ??
    ofService(objectAt(part, "toolResponse", "tool_response"));

/** A tool that the service runs itself is named by its type. */
function ofService(part: JsonObject | undefined): JsonObject | undefined {
  const type = part?.toolType ?? part?.tool_type;
  return part === undefined || typeof type !== "string" ? undefined : { ...part, name: type };
}

/** Whether a call or a response is one piece of several. */
const goesOn = (one: JsonObject) => (one.willContinue ?? one.will_continue) === true;

/**
 * What a part calls or answers, in a text that is the same whenever a history repeats it; `undefined` for what was
 * said.
 */
export function actOf(part: JsonObject): { readonly isCall: boolean; readonly name: string } | undefined {
  const call = callIn(part);
  if (call !== undefined) return act(true, call.name, call.args ?? {});
  const response = responseIn(part);
  if (response !== undefined) return act(false, response.name, response.response);
  const code = codeIn(part);
  if (code !== undefined) return act(true, undefined, code);
  const outcome = outcomeIn(part);
  return outcome === undefined ? undefined : act(false, undefined, outcome);
}

const act = (isCall: boolean, tool: JsonValue | undefined, content: JsonValue | undefined) => ({
  isCall,
  name: canonicalize([isCall, tool ?? null, content ?? null]),
});

const codeIn = (part: JsonObject) => objectAt(part, "executableCode", "executable_code");
const outcomeIn = (part: JsonObject) => objectAt(part, "codeExecutionResult", "code_execution_result");

function objectAt(part: JsonObject, ...names: string[]): JsonObject | undefined {
  return names.map((name) => part[name]).find(isJsonObject);
}

/** Read one content of a conversation, or an answer with its candidates. */
export function readContent({ value, position, time }: Message, ledger: Ledger): void {
  const event = eventContent(value);
  if (event !== undefined && value.partial === true) {
    return ledger.skip(position, "partial event, which a whole one repeats");
  }
  if (event !== undefined) return readParts(event, position, time, ledger);
  // Events about the state of a session have no content.
  if (typeof value.author === "string" && (value.content ?? null) === null && value.parts === undefined) {
    ledger.use(time);
    return ledger.leaveOut(position, value, "event without a content");
  }
  if (!Array.isArray(value.candidates)) return readParts(value, position, time, ledger);
  ledger.use(time);
  value.candidates.forEach((candidate, i) => {
    const place = `${position}, candidate ${i + 1}`;
    if (!isJsonObject(candidate)) return ledger.leaveOut(place, candidate, "no JSON object");
    const { content } = candidate;
    if (i > 0) return ledger.skip(place, "one of several answers to choose from; the first is read");
    if (isJsonObject(content)) readParts(content, place, time, ledger);
  });
}

function readParts(content: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  const { parts, role } = content;
  if (!Array.isArray(parts)) {
    // A system instruction and some answers have no parts.
    if (typeof role === "string" && (parts ?? null) === null) ledger.use(time);
    return ledger.leaveOut(position, content, "no parts");
  }
  ledger.use(time);
  if (role !== "user" && role !== "function") ledger.nextTurn();
  parts.forEach((part, i) => {
    const place = `${position}, part ${i + 1}`;
    if (!isJsonObject(part)) return ledger.leaveOut(place, part, "no JSON object");
    const call = callIn(part);
    const response = responseIn(part);
    const code = codeIn(part);
    const outcome = outcomeIn(part);
    if (call !== undefined && (goesOn(call) || isNonEmpty(call.partialArgs ?? call.partial_args))) {
      ledger.foreign(place, "a piece of a call, whose arguments come in several");
    } else if (response !== undefined && goesOn(response)) {
      ledger.skip(place, "part of a response that goes on");
    } else if (call !== undefined) {
      ledger.call({ position: place, id: call.id, tool: call.name, args: call.args ?? {}, time });
    } else if (response !== undefined) {
      ledger.answer({
        position: place,
        id: response.id,
        tool: response.name,
        content: response.response,
        time,
      });
    } else if (code !== undefined) {
      ledger.call({ position: place, id: undefined, tool: "code_execution", args: code, time });
    } else if (outcome !== undefined) {
      const failed = outcome.outcome !== "OUTCOME_OK";
      ledger.answer({
        position: place,
        id: undefined,
        tool: "code_execution",
        content: outcome,
        failed,
        time,
      });
    } else if (!isSpeech(part)) ledger.leaveOut(place, part, "part that is not known");
  });
}

const SPEECH = ["text", "inlineData", "inline_data", "fileData", "file_data", "thought", "videoMetadata"];

const isSpeech = (part: JsonObject) => SPEECH.some((name) => Object.hasOwn(part, name));
