import { GaitError, invalidInput } from "../../errors/mod.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { isJsonObject, type JsonObject, readJson, without } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import type { Gateway } from "./event.ts";

/** A line of a log, shorter than this many bytes (docs/spec/scout.md section 4). */
export const MAX_LOG_LINE_BYTES = 10 * 1024 * 1024;

/** The bytes of a line without white space around them; none for a blank line. */
export function trimLine(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = decodeUtf8(bytes);
  const trimmed = trim(text);
  if (trimmed === text) return bytes;
  if (trimmed === "") return new Uint8Array();
  // The trimmed white space is valid UTF-8, so its length in bytes is exact even if other bytes are invalid.
  const lead = utf8(text.slice(0, text.indexOf(trimmed))).length;
  const tail = utf8(text.slice(text.indexOf(trimmed) + trimmed.length)).length;
  return bytes.slice(lead, bytes.length - tail);
}

/**
 * The fields of a log line. Docker wraps the line of a program in a member `log`: the fields of that line take
 * precedence, those of the wrapper fill the gaps; a `log` that is not an object is kept as text.
 *
 * @throws {GaitError} `invalid_input` if the line of another gateway is not a JSON object, or has duplicate keys: readers
 * would record different verdicts
 */
export function fieldsOf(bytes: Uint8Array<ArrayBuffer>, gateway: Gateway, what: string): JsonObject {
  if (gateway !== "docker") {
    const value = readJson(bytes, { what, duplicates: "refuse" });
    if (isJsonObject(value)) return value;
    throw invalidInput(`Cannot read ${what}: expected a JSON object`, {
      hint: "Give the log as the gateway wrote it, or skip such lines with --skip-invalid",
    });
  }
  const outer = objectIn(bytes, what) ?? { log: decodeUtf8(bytes) };
  const inner = typeof outer.log === "string" ? objectIn(outer.log, what) : undefined;
  return inner ? { ...without(outer, "log"), ...inner } : outer;
}

function objectIn(text: Uint8Array | string, what: string): JsonObject | undefined {
  try {
    const value = readJson(text, { what, duplicates: "refuse" });
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    if (error.detail !== undefined) throw error; // an object, but an ambiguous one
    return undefined;
  }
}
