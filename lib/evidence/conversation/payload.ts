import {
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_DEPTH,
  measureJson,
  readJson,
} from "../../formats/json/mod.ts";
import type { ToolAnswer, ToolCall } from "./transcript.ts";

/** The arguments of a call: a JSON object, or a text that holds one, as it is; anything else as `{"raw": text}`. */
export function readArguments(value: JsonValue | undefined): Pick<ToolCall, "args" | "rawArguments"> {
  const args = objectOf(value);
  return args ? { args, rawArguments: false } : { args: { raw: textOf(value) }, rawArguments: true };
}

/** The answer to a call: a JSON object, or a text that holds one, as it is; anything else as `{"text": text}`. */
export function readResult(
  value: JsonValue | undefined,
  failed: boolean,
): Pick<ToolAnswer, "result" | "status"> {
  const result = objectOf(value);
  if (result) return { result, status: failed || reportsError(result) ? "error" : "ok" };
  const text = textOf(value);
  return { result: { text }, status: failed || text.startsWith("Error") ? "error" : "ok" };
}

/** Whether an object has an `error` that says more than "none". */
function reportsError(result: JsonObject): boolean {
  if (!Object.hasOwn(result, "error")) return false;
  return result.error !== null && result.error !== false;
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
    value = readJson(text, { what: "payload" });
  } catch {
    return undefined;
  }
  const { depth, duplicate } = measureJson(text);
  return isJsonObject(value) && duplicate === undefined && depth < MAX_DEPTH ? value : undefined;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : canonicalize(value);
}
