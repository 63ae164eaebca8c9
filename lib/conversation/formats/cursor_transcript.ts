import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { isSpoken, joinTexts, type Message } from "../messages.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import type { Keeping } from "../keeping.ts";
import { type FormatReader, objectsIn, wordOf } from "./reader.ts";

/** Transcripts that Cursor keeps of its agents, a message a line. */
export const cursorTranscript: FormatReader = {
  title: "Cursor: transcripts of agents (`agent-transcripts`, JSONL)",
  reads: "blocks `tool_use` of lines of the assistant, and `tool_result` where there are some",
  lost: "what was said; the files have neither ids nor results of most calls",
  example:
    '{"role":"assistant","message":{"content":[{"type":"text","text":"I pay"},{"type":"tool_use","name":"Shell","input":{"command":"pay"}}]}}',
  detect: (values) =>
    values.some((value) =>
      isJsonObject(value) && isLine(value) && blocksOf(value).some(({ type }) => type === "tool_use")
    ),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

function open(keep: Keeping) {
  return oneLog(openLog("conversation 1", keep, readLine));
}

/** A line of Claude Code has a type and a session beside the message. */
const isLine = (value: JsonObject) =>
  (value.role === "user" || value.role === "assistant") && isJsonObject(value.message) &&
  Array.isArray(value.message.content) && value.type === undefined && value.sessionId === undefined;

const blocksOf = ({ message }: JsonObject) => objectsIn(isJsonObject(message) ? message.content : undefined);

function readLine({ value, position, time }: Message, ledger: Ledger): void {
  if (!isLine(value)) return ledger.leaveOut(position, value, "no message of a transcript");
  ledger.use(time);
  if (value.role === "assistant") ledger.nextTurn();
  blocksOf(value).forEach((block, i) => {
    const place = `${position}, block ${i + 1}`;
    const { type, id, name, input, content, is_error: failed } = block;
    if (type === "tool_use") {
      return void ledger.call({ position: place, id, tool: name, args: input ?? {}, time });
    }
    if (type === "tool_result") {
      return ledger.answer({
        position: place,
        id: block.tool_use_id,
        tool: name,
        content: joinTexts(content, place, ledger),
        failed: typeof failed === "boolean" ? failed : undefined,
        time,
      });
    }
    if (!isSpoken(type)) ledger.leaveOut(place, block, `block of type "${wordOf(type)}"`);
  });
}
