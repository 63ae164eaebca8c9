import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { failureOf } from "../openai_failure.ts";
import { isNonEmpty } from "../payload.ts";
import { sessionLines } from "./grouped.ts";
import { readValues } from "./lines.ts";
import { type FormatReader, objectsIn, textIn, wordOf } from "./reader.ts";

/** The records of the memory of a CAMEL agent, and what its answers say of their calls. */
export const camel: FormatReader = {
  title: "CAMEL: saved memories of agents (`save_memory`), their records; the `info` of answers",
  reads:
    "`tool_calls` and `func_name` of messages, the `result` of messages of role `function`; `tool_calls` of an `info`; one run per agent, a record once",
  lost: "what was said, images",
  example:
    '{"uuid":"u","message":{"__class__":"BaseMessage","role_name":"a","role_type":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}"}}]},"role_at_backend":"assistant","timestamp":1767323045.5,"agent_id":"a"}',
  detect: (values) =>
    values.some((value) => isJsonObject(value) && (isRecord(value) || recordsOf(value).length > 0)),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

function open(keep: Keeping) {
  return sessionLines(
    keep,
    "agent",
    (value) => isJsonObject(value) ? textIn(value.agent_id) : undefined,
    (value) =>
      isRecord(value) ? `message of role "${wordOf(value.role_at_backend)}"` : "answer without calls",
    () => {
      const seen = new Set<string>();
      return (line, ledger) => readLine(line, ledger, seen);
    },
  );
}

const isRecord = (value: JsonObject): value is JsonObject & { readonly message: JsonObject } =>
  isJsonObject(value.message) && typeof value.role_at_backend === "string";

/** Whether a line had a call or an answer. */
function readLine({ value, position, time }: Message, ledger: Ledger, seen: Set<string>): boolean {
  if (!isRecord(value)) {
    const records = recordsOf(value);
    if (records.length === 0) ledger.leaveOut(position, value, "no record of a memory");
    records.forEach((record, i) =>
      readInfo(record, { position: `${position}, call ${i + 1}`, time }, ledger)
    );
    return true;
  }
  // A memory that is saved again is appended to the file.
  const key = typeof value.uuid === "string" ? canonicalize([value.uuid, value.message]) : undefined;
  if (key !== undefined && seen.has(key)) {
    ledger.skip(position, "record that is there already");
    return true;
  }
  if (key !== undefined) seen.add(key);
  const { tool_calls: calls, func_name: tool, tool_call_id: id, args, result } = value.message;
  if (isNonEmpty(calls)) {
    ledger.nextTurn();
    if (!Array.isArray(calls)) ledger.foreign(position, "tool_calls is not a list");
    else calls.forEach((call, i) => readCall(call, { position: `${position}, call ${i + 1}`, time }, ledger));
    return true;
  }
  if (value.role_at_backend === "function" || value.role_at_backend === "tool") {
    ledger.answer({ position, id, tool, content: result, failed: failureOf({}, result), time });
    return true;
  }
  // Older versions have a message for each call.
  if (typeof tool === "string") {
    ledger.nextTurn();
    ledger.call({ position, id, tool, args: args ?? {}, time });
    return true;
  }
  return false;
}

function readCall(call: JsonValue, place: Pick<Message, "position" | "time">, ledger: Ledger): void {
  const named = isJsonObject(call) ? call.function : undefined;
  if (!isJsonObject(call) || !isJsonObject(named)) {
    return ledger.foreign(place.position, "no call of a function");
  }
  ledger.call({ ...place, id: call.id, tool: named.name, args: named.arguments });
}

/** The calls that an answer of an agent lists, with their results. */
function recordsOf(value: JsonObject): JsonObject[] {
  const info = isJsonObject(value.info) ? value.info : value;
  return objectsIn(info.tool_calls).filter((call) =>
    typeof call.tool_name === "string" && Object.hasOwn(call, "args") && Object.hasOwn(call, "result") &&
    Object.hasOwn(call, "tool_call_id")
  );
}

function readInfo(record: JsonObject, place: Pick<Message, "position" | "time">, ledger: Ledger): void {
  const { tool_name: tool, args, result, tool_call_id: id } = record;
  const call = ledger.call({ ...place, id, tool, args: args ?? {} });
  if (call === undefined || (result ?? null) === null) return;
  ledger.answerTo(call, { content: result, failed: failureOf({}, result), time: place.time });
}
