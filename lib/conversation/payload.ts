import {
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_DEPTH,
  measureJson,
  readJson,
} from "../formats/json/mod.ts";
import type { ToolAnswer, ToolCall } from "./transcript.ts";

/** The arguments of a call: a JSON object, or a text that holds one, as it is; anything else as `{"raw": text}`. */
export function readArguments(value: JsonValue | undefined): Pick<ToolCall, "args" | "rawArguments"> {
  const args = objectOf(value);
  return args ? { args, rawArguments: false } : { args: { raw: textOf(value) }, rawArguments: true };
}

/**
 * The answer to a call: a JSON object, or a text that holds one, as it is; anything else as `{"text": text}`.
 *
 * @param failed what the format itself says; only when it says nothing, the members of an object count. Prose
 * never does: "Error budget: 99.9 % left" is no failure.
 */
export function readResult(
  value: JsonValue | undefined,
  failed: boolean | undefined,
): Pick<ToolAnswer, "result" | "status"> {
  const result = objectOf(value);
  const isError = failed ?? (result !== undefined && reportsError(result));
  return { result: result ?? { text: textOf(value) }, status: isError ? "error" : "ok" };
}

/** Whether an object has an `error` that says more than "none", or the mark of a failed result of MCP. */
function reportsError(result: JsonObject): boolean {
  return Object.hasOwn(result, "error") && isNonEmpty(result.error) || result.isError === true;
}

/** Whether a member that names an error names one: an empty text, object or list, `false`, `0` and `null` don't. */
export function isNonEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false;
  if (typeof value === "string") return value.trim() !== "";
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : typeof value === "string" ? objectIn(value) : undefined;
}

/**
 * The object that a text holds. A text that readers could take for different objects, because a key occurs twice,
 * stays a text; so does one that is nested so deep that no record could hold it.
 */
function objectIn(text: string): JsonObject | undefined {
  if (!/^[ \t\r\n]*\{/.test(text)) return undefined;
  let value: JsonValue;
  try {
    value = readJson(text, { what: "payload", numbers: "text" });
  } catch {
    return undefined;
  }
  const { depth, duplicate } = measureJson(text);
  return isJsonObject(value) && duplicate === undefined && depth < MAX_DEPTH ? value : undefined;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : canonicalize(value);
}
