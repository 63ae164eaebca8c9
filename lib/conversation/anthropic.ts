import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { isSpoken, joinTexts, type Message, quoteType, readMessages } from "./messages.ts";
import { findCallMark } from "./call_marks.ts";
import type { Ledger } from "./ledger.ts";
import type { Conversation } from "./input.ts";
import type { Rfc3339 } from "../formats/time.ts";
import type { Transcript } from "./transcript.ts";

const ROLES = ["system", "user", "assistant"];

/**
 * Read Anthropic messages: blocks of type `tool_use`, answered by blocks of type `tool_result`.
 *
 * @throws {GaitError} `invalid_input` when nothing in it can be used
 */
export function readAnthropic(conversation: Conversation): Transcript {
  return readMessages(conversation, readAnthropicMessage);
}

/** Read one message. */
export function readAnthropicMessage(message: Message, ledger: Ledger): void {
  const { value: { role, content, tool_calls: foreign, ...others }, position, time } = message;
  if (typeof role !== "string") return ledger.leaveOut(position, message.value, "message without a role");
  if (!ROLES.includes(role)) {
    return ledger.leaveOut(position, message.value, `message of unknown role "${role.slice(0, 80)}"`);
  }
  const elsewhere = findCallMark({ ...others, tool_calls: foreign ?? null });
  if (elsewhere !== undefined) ledger.foreign(position, `${elsewhere}, which this format does not have`);
  if (typeof content === "string") return ledger.use(time);
  if (!Array.isArray(content)) {
    return ledger.leaveOut(position, content ?? null, "content is neither a text nor a list of blocks");
  }
  ledger.use(time);
  ledger.nextTurn();
  content.forEach((block, i) => {
    const place = { ...message, position: `${position}, block ${i + 1}` };
    if (isJsonObject(block)) readBlock(block, place, ledger);
    else ledger.leaveOut(place.position, block, "no JSON object");
  });
}

function readBlock(block: JsonObject, { position, time }: Message, ledger: Ledger): void {
  switch (block.type) {
    case "tool_use":
    // Calls that the provider of the model runs: its own tools, and those of MCP servers that it connects to.
    case "server_tool_use":
    case "mcp_tool_use":
      ledger.call({
        position,
        id: block.id,
        tool: block.name,
        args: block.input,
        origins: block.arg_provenance,
        time,
      });
      return;
    case "tool_result":
      ledger.answer({
        position,
        id: block.tool_use_id,
        content: joinTexts(block.content, position, ledger),
        failed: block.is_error === undefined || block.is_error === null
          ? undefined
          : block.is_error !== false,
        time,
      });
      return;
    default:
      if (isHostedResult(block)) return readHostedResult(block, position, time, ledger);
      if (isSpoken(block.type) && findCallMark(block) === undefined) return;
      ledger.leaveOut(position, block, `block of ${quoteType(block)}`);
  }
}

/** Results of tools that the provider runs: `web_search_tool_result`, `mcp_tool_result` and others. */
function isHostedResult({ type, tool_use_id: id }: JsonObject): boolean {
  return typeof type === "string" && type.length <= 80 && type.endsWith("_tool_result") &&
    typeof id === "string";
}

/** Failed ones contain a block of type `…_tool_result_error` with an `error_code`. */
function readHostedResult(
  block: JsonObject,
  position: string,
  time: Rfc3339 | undefined,
  ledger: Ledger,
): void {
  const { content, is_error: isError, tool_use_id: id } = block;
  const failed = typeof isError === "boolean"
    ? isError
    : isJsonObject(content) && typeof content.error_code === "string" || undefined;
  const texts = Array.isArray(content) &&
    content.every((one) => isJsonObject(one) && typeof one.text === "string");
  ledger.answer({
    position,
    id,
    content: texts ? joinTexts(content, position, ledger) : content,
    failed,
    time,
  });
}
