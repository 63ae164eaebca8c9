import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { parseTime, type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import { decode } from "./fields.ts";
import { type Intent, intentSchema, type Result, resultSchema } from "./runpack.ts";

/*
 * A run has an intent and a result for each call, so reading these two by a schema is most of the cost of reading runs.
 * The usual form, with every text present, is read by hand; any other goes to the schema, which also describes the
 * mistake.
 */

/**
 * Read an intent.
 *
 * @throws {GaitError} `invalid_input` naming the first invalid field
 */
export function readIntent(value: JsonValue, what: () => string): Intent {
  return plainIntent(value) ?? decode(intentSchema, value, what());
}

/**
 * Read a result.
 *
 * @throws {GaitError} `invalid_input` naming the first invalid field
 */
export function readResult(value: JsonValue, what: () => string): Result {
  return plainResult(value) ?? decode(resultSchema, value, what());
}

function plainIntent(value: JsonValue): Intent | undefined {
  const head = plainHead(value);
  if (head === undefined) return undefined;
  const { tool_name, args_digest, args } = value as JsonObject;
  if (typeof tool_name !== "string" || typeof args_digest !== "string") return undefined;
  if (args === undefined) return { ...head, tool_name, args_digest };
  return isJsonObject(args) ? { ...head, tool_name, args_digest, args } : undefined;
}

function plainResult(value: JsonValue): Result | undefined {
  const head = plainHead(value);
  if (head === undefined) return undefined;
  const { status, result_digest, result } = value as JsonObject;
  if (typeof status !== "string" || typeof result_digest !== "string") return undefined;
  if (result === undefined) return { ...head, status, result_digest };
  return isJsonObject(result) ? { ...head, status, result_digest, result } : undefined;
}

function plainHead(value: JsonValue) {
  if (!isJsonObject(value)) return undefined;
  const { schema_id, schema_version, created_at, producer_version, run_id, intent_id } = value;
  if (
    typeof schema_id !== "string" || typeof schema_version !== "string" || typeof created_at !== "string" ||
    typeof producer_version !== "string" || typeof run_id !== "string" || typeof intent_id !== "string"
  ) return undefined;
  const time = plainTime(created_at);
  if (time === undefined) return undefined;
  return { schema_id, schema_version, created_at: time, producer_version, run_id, intent_id };
}

/** The records of a run usually have the same time, so the last one is remembered. */
let last: { readonly text: string; readonly time: Rfc3339 } = { text: ZERO_TIME, time: ZERO_TIME };

function plainTime(text: string): Rfc3339 | undefined {
  if (text === last.text) return last.time;
  try {
    const time = parseTime(text);
    last = { text, time };
    return time;
  } catch {
    return undefined; // the schema says what is wrong
  }
}
