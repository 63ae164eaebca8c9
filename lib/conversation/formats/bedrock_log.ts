import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { objectsIn } from "./reader.ts";

/**
 * The exchange in an entry of Bedrock's log of model invocations, with the blocks of Converse in the form of Anthropic,
 * which has the same parts; `undefined` if the value is no such entry. Bodies that were too large are not in the log.
 */
export function bedrockExchange(
  { schemaType, input, output }: JsonObject,
): { readonly request: JsonValue; readonly response: JsonValue } | undefined {
  if (schemaType !== "ModelInvocationLog" || !isJsonObject(input) || !isJsonObject(output)) return undefined;
  return converseExchange(input.inputBodyJson ?? {}, output.outputBodyJson ?? null);
}

/** A request and an answer of Converse, with their blocks in the form of Anthropic; other answers as they stand. */
export function converseExchange(
  asked: JsonValue,
  answered: JsonValue,
): { readonly request: JsonValue; readonly response: JsonValue } {
  const messages = isJsonObject(asked) && Array.isArray(asked.messages) ? asked.messages : [];
  return {
    request: isJsonObject(asked) ? { ...asked, messages: messages.map(messageOf) } : asked,
    response: isJsonObject(answered) && isJsonObject(answered.output)
      ? {
        content: [],
        ...messageOf(answered.output.message ?? {}) as JsonObject,
        type: "message",
        model: "",
        stop_reason: answered.stopReason ?? null,
      }
      : answered,
  };
}

function messageOf(message: JsonValue): JsonValue {
  return isJsonObject(message) && Array.isArray(message.content)
    ? { ...message, content: message.content.map(blockOf) }
    : message;
}

function blockOf(block: JsonValue): JsonValue {
  if (!isJsonObject(block)) return block;
  const { toolUse, toolResult, text } = block;
  if (isJsonObject(toolUse)) {
    return {
      type: "tool_use",
      id: toolUse.toolUseId ?? null,
      name: toolUse.name ?? null,
      input: toolUse.input ?? {},
    };
  }
  if (isJsonObject(toolResult)) {
    const { toolUseId, status, content } = toolResult;
    const failed = status === "error" || status === "success" ? { is_error: status === "error" } : {};
    return { type: "tool_result", tool_use_id: toolUseId ?? null, content: resultOf(content), ...failed };
  }
  return typeof text === "string" ? { type: "text", text } : block;
}

/** A single `json` block is the result itself; texts are joined; anything else is kept unchanged. */
export function resultOf(content: JsonValue | undefined): JsonValue {
  if (!Array.isArray(content)) return content ?? null;
  const blocks = objectsIn(content);
  if (blocks.length === 1 && Object.hasOwn(blocks[0]!, "json")) return blocks[0]!.json!;
  return blocks.length === content.length && blocks.every(({ text }) => typeof text === "string")
    ? blocks.map(({ text }) => text).join("\n")
    : { content };
}
