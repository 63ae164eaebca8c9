import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn } from "./reader.ts";
import type { Message } from "../messages.ts";

/** Threads of Zed's agent, in both of the forms that it stored. */
export const zed = messageFormat(
  {
    title: "Zed: threads of its agent",
    reads:
      "`ToolUse` and `tool_results` of messages `Agent`; `tool_uses` and `tool_results` of older threads",
    lost: "what was said, thinking; calls that were still being written",
    example:
      '{"messages":[{"Agent":{"content":[{"ToolUse":{"id":"c1","name":"read_file","input":{},"is_input_complete":true}}],"tool_results":{}}}]}',
  },
  (value) =>
    isJsonObject(value.Agent) && Array.isArray(value.Agent.content) ||
    Array.isArray(value.segments) && (Array.isArray(value.tool_uses) || Array.isArray(value.tool_results)),
  ({ value, position, time }, ledger) => {
    const { Agent: agent } = value;
    if (isJsonObject(agent)) {
      ledger.use(time);
      return readAgent(agent, { position, time }, ledger);
    }
    if (Array.isArray(value.segments)) {
      ledger.use(time);
      return readOlder(value, { position, time }, ledger);
    }
    // A checkpoint without a content is a bare word, as "Resume".
    if (!isJsonObject(value.User)) return ledger.leaveOut(position, value, "no message that is known");
    ledger.use(time);
  },
  { own: (value) => value },
);

type Place = Pick<Message, "position" | "time">;

function readAgent(
  { content, tool_results: results }: JsonObject,
  { position, time }: Place,
  ledger: Ledger,
) {
  ledger.nextTurn();
  objectsIn(content).forEach((part, i) => {
    const place = `${position}, part ${i + 1}`;
    const { ToolUse: use } = part;
    if (!isJsonObject(use)) {
      const isSpoken = ["Text", "Thinking", "RedactedThinking", "Image"].some((name) =>
        Object.hasOwn(part, name)
      );
      return isSpoken ? undefined : ledger.leaveOut(place, part, "part that is not known");
    }
    if (use.is_input_complete === false) {
      return ledger.skip(place, "call that was not completed by the model");
    }
    const { id, name: tool, input, raw_input: raw } = use;
    ledger.call({ position: place, id, tool, args: input ?? raw, time });
  });
  if (!isJsonObject(results)) return;
  for (const [id, result] of Object.entries(results)) {
    if (isJsonObject(result)) readResult(result, id, { position, time }, ledger);
  }
}

function readOlder(value: JsonObject, { position, time }: Place, ledger: Ledger): void {
  if (value.role === "assistant") ledger.nextTurn();
  objectsIn(value.tool_uses).forEach((use, i) => {
    ledger.call({
      position: `${position}, call ${i + 1}`,
      id: use.id,
      tool: use.name,
      args: use.input,
      time,
    });
  });
  for (const result of objectsIn(value.tool_results)) {
    readResult(result, result.tool_use_id, { position, time }, ledger);
  }
}

function readResult(
  { content, output, is_error: isError, tool_name: tool }: JsonObject,
  id: JsonObject[string] | undefined,
  { position, time }: Place,
  ledger: Ledger,
): void {
  const said = isJsonObject(content) && typeof content.Text === "string" ? content.Text : content;
  const failed = typeof isError === "boolean" ? isError : undefined;
  ledger.answer({ position, id, tool, content: said ?? output, failed, time });
}
