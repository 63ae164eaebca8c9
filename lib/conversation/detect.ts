import { invalidInput } from "../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import type { Roots } from "./roots.ts";
import type { Format } from "./transcript.ts";

const HINT = { hint: "Name it with --format openai, anthropic or otel" };

/**
 * Recognise the format of an input by what only that format has. Messages without any call look the same in two
 * formats and are read as `openai`.
 *
 * @throws {GaitError} `invalid_input` when marks of several formats are found
 */
export function detectFormat({ values }: Roots): Format {
  if (values.some(isOtlp)) return "otel";
  const found = new Set<Format>();
  for (const value of values) {
    for (const message of messagesIn(value)) {
      if (isOpenAi(message)) found.add("openai");
      if (isAnthropic(message)) found.add("anthropic");
    }
  }
  if (found.size > 1) {
    throw invalidInput(`Cannot tell the format: found marks of ${[...found].join(" and ")}`, HINT);
  }
  return found.has("anthropic") ? "anthropic" : "openai";
}

/** Whether a document is an OTLP JSON export of spans. */
export function isOtlp(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, "resourceSpans");
}

function messagesIn(value: JsonValue): JsonObject[] {
  const holder = isJsonObject(value) && Object.hasOwn(value, "messages") ? value.messages : value;
  return (Array.isArray(holder) ? holder : [holder]).filter(isJsonObject);
}

function isOpenAi({ role, type, ...rest }: JsonObject): boolean {
  return role === "tool" || role === "function" || role === "developer" ||
    (rest.tool_calls ?? rest.function_call ?? rest.tool_call_id ?? null) !== null ||
    typeof type === "string" && /^(function|custom_tool)_call(_output)?$/.test(type);
}

function isAnthropic({ content }: JsonObject): boolean {
  return Array.isArray(content) && content.some((block) => {
    const type = isJsonObject(block) ? block.type : undefined;
    return typeof type === "string" &&
      /^(tool_use|tool_result|thinking|redacted_thinking|.+_tool_use)$/.test(type);
  });
}
