import {
  canonicalize,
  hasManyBrackets,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_DEPTH,
  measureJson,
  readJson,
} from "../formats/json/mod.ts";
import type { ToolAnswer, ToolCall } from "./transcript.ts";

/** The arguments of a call: a JSON object, or the object in a text; anything else becomes `{"raw": text}`. */
export function readArguments(value: JsonValue | undefined): Pick<ToolCall, "args" | "rawArguments"> {
  const args = objectOf(value);
  return args ? { args, rawArguments: false } : { args: { raw: textOf(value) }, rawArguments: true };
}

/**
 * The answer to a call: a JSON object, or the object in a text; anything else becomes `{"text": text}`.
 *
 * @param failed the failure flag of the format; only without one are the members of an object considered. Text is
 * never considered: "Error budget: 99.9 % left" is no failure.
 */
export function readResult(
  value: JsonValue | undefined,
  failed: boolean | undefined,
): Pick<ToolAnswer, "result" | "status"> {
  const result = objectOf(value);
  const isError = failed ?? (result !== undefined && reportsError(result));
  return { result: result ?? { text: textOf(value) }, status: isError ? "error" : "ok" };
}

/** Whether an object has a non-empty `error`, or the failure flag of an MCP result. */
function reportsError(result: JsonObject): boolean {
  return Object.hasOwn(result, "error") && isNonEmpty(result.error) || result.isError === true;
}

/** Whether a value is present and not an empty text, object or list, `false`, `0` or `null`. */
export function isNonEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false;
  if (typeof value === "string") return value.trim() !== "";
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : typeof value === "string" ? objectIn(value) : undefined;
}

/**
 * The object in a text. A text with duplicate keys, which readers would interpret differently, stays a text, and so
 * does one nested too deeply for a record.
 */
function objectIn(text: string): JsonObject | undefined {
  if (!/^[ \t\r\n]*\{/.test(text)) return undefined;
  let value: JsonValue;
  try {
    value = readJson(text, { what: "payload", numbers: "text", duplicates: "refuse" });
  } catch {
    return undefined;
  }
  const isTooDeep = hasManyBrackets(text) && measureJson(text).depth >= MAX_DEPTH;
  return isJsonObject(value) && !isTooDeep ? value : undefined;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : canonicalize(value);
}
