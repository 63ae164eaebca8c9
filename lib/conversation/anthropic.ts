import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { isSpoken, joinTexts, type Message, quoteType, readMessages } from "./messages.ts";
import { findCallMark } from "./call_marks.ts";
import type { Ledger } from "./ledger.ts";
import type { Conversation } from "./input.ts";
import type { Transcript } from "./transcript.ts";

const ROLES = ["system", "user", "assistant"];

/**
 * Read Anthropic messages: blocks of type `tool_use`, answered by blocks of type `tool_result`.
 *
 * @throws {GaitError} `invalid_input` when nothing in it can be used
 */
export function readAnthropic(conversation: Conversation): Transcript {
  return readMessages(conversation, readMessage);
}

function readMessage(message: Message, ledger: Ledger): void {
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
      ledger.call({ position, id: block.id, tool: block.name, args: block.input, time });
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
      if (isSpoken(block.type) && findCallMark(block) === undefined) return;
      ledger.leaveOut(position, block, `block of ${quoteType(block)}`);
  }
}
