import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { conversationIn, objectsIn } from "./reader.ts";

/** Chat messages of LlamaIndex, whose blocks name their type in a member of their own. */
export const llamaIndex = messageFormat(
  {
    title: "LlamaIndex chat messages, chat stores",
    reads:
      "blocks `tool_call` and `additional_kwargs.tool_calls` of messages, each call once; messages of role `tool`",
    lost: "what was said, thinking",
    example:
      '[{"role":"assistant","additional_kwargs":{},"blocks":[{"block_type":"tool_call","tool_call_id":"c1","tool_name":"pay","tool_kwargs":{}}]}]',
  },
  (value) => isMessage(value) && (callsOf(value).length > 0 || value.role === "tool"),
  readMessage,
  { inside: messagesIn, own: (value) => value },
);

/** Read a chat message, whose calls are a turn of the agent. */
export function readMessage({ value, position, time }: Message, ledger: Ledger): void {
  if (!isMessage(value)) return ledger.leaveOut(position, value, "no chat message");
  ledger.use(time);
  const more = isJsonObject(value.additional_kwargs) ? value.additional_kwargs : {};
  if (value.role === "tool" || value.role === "function") {
    const texts = objectsIn(value.blocks).filter(({ block_type: type }) => type === "text");
    const content = typeof value.content === "string" ? value.content : joinTexts(texts, position, ledger);
    return ledger.answer({ position, id: more.tool_call_id, tool: more.name, content, time });
  }
  readCalls(value, { position, time }, ledger);
}

/** The messages of a conversation, or those of all conversations of a chat store. */
function messagesIn(value: JsonValue): JsonValue[] | undefined {
  const store = isJsonObject(value) ? value.store : undefined;
  return isJsonObject(store) ? Object.values(store).filter(Array.isArray).flat() : conversationIn(value);
}

const isMessage = (value: JsonObject) =>
  typeof value.role === "string" && isJsonObject(value.additional_kwargs) &&
  (Array.isArray(value.blocks) || typeof value.content === "string");

/** Blocks have the calls of newer versions, which keep the older form beside them for some providers. */
function callsOf({ blocks, additional_kwargs: more }: JsonObject): JsonObject[] {
  const inBlocks = objectsIn(blocks).filter(({ block_type: type }) => type === "tool_call");
  return inBlocks.length > 0 ? inBlocks : objectsIn(isJsonObject(more) ? more.tool_calls : undefined);
}

function readCalls(
  value: JsonObject,
  { position, time }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  ledger.nextTurn();
  callsOf(value).forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (call.block_type === "tool_call") {
      const { tool_call_id: id, tool_name: tool, tool_kwargs: args } = call;
      return ledger.call({ position: place, id, tool, args, time });
    }
    // Some providers write a call as OpenAI does, others as Anthropic does.
    const named = isJsonObject(call.function) ? call.function : call;
    const args = named.arguments ?? named.input;
    ledger.call({ position: place, id: call.id, tool: named.name, args, time });
  });
}
