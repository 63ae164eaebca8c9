import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { conversationEach } from "./lines.ts";
import { conversationIn, type FormatReader, logsOf, objectsIn, readLog, wordOf } from "./reader.ts";

/** Messages of Pydantic AI, as `all_messages_json` writes them. */
export const pydanticAi: FormatReader = {
  title: "Pydantic AI messages",
  reads: "parts `tool-call`, `tool-return` and `retry-prompt`, also `builtin-…`",
  lost: "what was said, thoughts; retries that are about no tool",
  example:
    '[{"kind":"response","parts":[{"part_kind":"tool-call","tool_name":"pay","args":{},"tool_call_id":"c1"}]}]',
  detect: (values) => values.some((value) => [value, ...conversationIn(value) ?? []].some(isMessage)),
  read: (roots) => ({ readings: logsOf(roots).map((log) => readLog(log, readMessage)), skipped: [] }),
  byLine: conversationEach((log, keep) => readLog(log, readMessage, undefined, keep)),
};

function isMessage(value: JsonValue): boolean {
  return isJsonObject(value) && (value.kind === "request" || value.kind === "response") &&
    objectsIn(value.parts).some(({ part_kind: kind }) => typeof kind === "string");
}

const SPOKEN = new Set(["text", "thinking", "file", "user-prompt", "system-prompt", "compaction"]);

function readMessage({ value, position, time }: Message, ledger: Ledger): void {
  const { kind, parts } = value;
  if (kind !== "request" && kind !== "response" || !Array.isArray(parts)) {
    return ledger.leaveOut(position, value, "neither a request nor a response");
  }
  ledger.use(time);
  if (kind === "response") ledger.nextTurn();
  parts.forEach((part, i) => {
    const place = `${position}, part ${i + 1}`;
    if (isJsonObject(part)) readPart(part, place, timeIn(part, place, ledger) ?? time, ledger);
    else ledger.leaveOut(place, part, "no JSON object");
  });
}

function readPart(part: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  const { tool_name: tool, tool_call_id: id, content } = part;
  switch (part.part_kind) {
    case "tool-call":
    case "builtin-tool-call":
      return void ledger.call({ position, id, tool, args: part.args ?? {}, time });
    case "tool-return":
    case "builtin-tool-return":
      return ledger.answer({ position, id, tool, content, failed: failureOf(part), time });
    case "retry-prompt":
      // Without a tool it is the text of the model that has to be written again.
      if ((tool ?? null) === null) return;
      return ledger.answer({
        position,
        id,
        tool,
        content: typeof content === "string" ? content : { error: content ?? null },
        failed: true,
        time,
      });
    default:
      if (typeof part.part_kind === "string" && SPOKEN.has(part.part_kind)) return;
      ledger.leaveOut(position, part, `part of kind "${wordOf(part.part_kind)}"`);
  }
}

/** The outcome of a tool; versions without that word tell failures by a retry alone. */
function failureOf({ outcome }: JsonObject): boolean | undefined {
  return typeof outcome === "string" ? outcome !== "success" : undefined;
}
