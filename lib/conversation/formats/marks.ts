import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isRequest } from "../input.ts";

/** The messages in a value of an input: those of a conversation or a list, or the value itself. */
export function messagesIn(value: JsonValue): JsonObject[] {
  const holder = isRequest(value)
    ? value.input
    : isJsonObject(value) && Object.hasOwn(value, "messages")
    ? value.messages
    : value;
  return (Array.isArray(holder) ? holder : [holder]).filter(isJsonObject);
}

/** Whether a message or item is in OpenAI's format, recognised by members or types unique to it. */
export function isOpenAi({ role, type, ...rest }: JsonObject): boolean {
  return role === "tool" || role === "function" || role === "developer" ||
    (rest.tool_calls ?? rest.function_call ?? rest.tool_call_id ?? null) !== null ||
    typeof type === "string" &&
      /^(tool_search_output|(function|custom_tool|tool_search|mcp|local_shell|shell|apply_patch|computer|web_search|file_search|code_interpreter|image_generation)_call(_output)?)$/
        .test(type);
}

/** Whether a message is in Anthropic's format, recognised by a block type unique to it. */
export function isAnthropic({ content }: JsonObject): boolean {
  return Array.isArray(content) && content.some((block) => {
    const type = isJsonObject(block) ? block.type : undefined;
    return typeof type === "string" &&
      /^(tool_use|tool_result|thinking|redacted_thinking|.+_tool_use|.+_tool_result)$/.test(type);
  });
}
