import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { type Element, type FormatReader, type Log, logsOf, objectsIn, readLog, textIn } from "./reader.ts";

/** Chats of Gemini CLI (`~/.gemini/tmp/…/chats/session-*.json`) and its `--output-format stream-json`. */
export const geminiCli: FormatReader = {
  title: "Gemini CLI: chats, stream-json",
  reads:
    "`toolCalls` of messages of type `gemini` with their `result` and `status`; lines `tool_use` and `tool_result`",
  lost: "what was said, thoughts",
  example:
    '{"sessionId":"s","messages":[{"id":"m","type":"gemini","toolCalls":[{"id":"c1","name":"read_file","args":{}}]}]}',
  detect: (values) =>
    values.some((value) =>
      isJsonObject(value) && (isMessage(value) || isEvent(value) || objectsIn(value.messages).some(isMessage))
    ),
  read: (roots) => ({ readings: logsOf(roots).map((log) => readLog(latest(log), readChat)), skipped: [] }),
};

const isMessage = ({ type, toolCalls, id }: JsonObject) =>
  type === "gemini" && (Array.isArray(toolCalls) || typeof id === "string");

const isEvent = ({ type, tool_id: id }: JsonObject) =>
  typeof id === "string" && (type === "tool_use" || type === "tool_result");

/** A message is written again as its calls progress; the last state is used, at the position of the first. */
function latest(log: Log): Log {
  const at = new Map<string, number>();
  const elements: Element[] = [];
  for (const element of log.elements) {
    const { value } = element;
    const id = isJsonObject(value) && isMessage(value) ? textIn(value.id) : undefined;
    const known = id === undefined ? undefined : at.get(id);
    if (known !== undefined) {
      elements[known] = { ...elements[known]!, value };
      continue;
    }
    if (id !== undefined) at.set(id, elements.length);
    elements.push(element);
  }
  return { ...log, elements };
}

const OTHERS = new Set(["user", "info", "error", "warning", "init", "message", "result", "gemini"]);

function readChat({ value, position, time }: Message, ledger: Ledger): void {
  const { type, toolCalls } = value;
  if (isEvent(value)) return readEvent({ value, position, time }, ledger);
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
  const index = ledger.call({ position, id, tool: name, args: args ?? {}, time });
  if (index === undefined || (result ?? null) === null && status !== "error" && status !== "cancelled") {
    return;
  }
  const failed = status === "success"
    ? false
    : status === "error" || status === "cancelled"
    ? true
    : undefined;
  ledger.answerTo(index, { content: responseIn(result) ?? { status: status ?? null }, failed, time });
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
