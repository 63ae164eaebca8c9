import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";

/**
 * Attributes of a span as an object.
 *
 * @throws {GaitError} `invalid_input` when a key occurs twice: readers would disagree on what was called
 */
export function readAttributes(value: JsonValue | undefined, position: string): JsonObject {
  const members = new Map<string, JsonValue>();
  for (const entry of Array.isArray(value) ? value : []) {
    if (!isJsonObject(entry) || typeof entry.key !== "string") continue;
    if (members.has(entry.key)) {
      throw invalidInput(`Cannot import ${position}: attribute "${entry.key}" occurs twice`);
    }
    members.set(entry.key, readAnyValue(entry.value, position));
  }
  return Object.fromEntries(members);
}

/** An OTLP `AnyValue` as plain JSON; an integer beyond the exact range of a double stays a text. */
function readAnyValue(value: JsonValue | undefined, position: string): JsonValue {
  if (!isJsonObject(value)) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (stringValue !== undefined) return stringValue;
  if (boolValue !== undefined) return boolValue;
  if (intValue !== undefined) return typeof intValue === "string" ? integerOf(intValue) : intValue;
  if (doubleValue !== undefined) return doubleValue;
  if (isJsonObject(arrayValue)) {
    return Array.isArray(arrayValue.values)
      ? arrayValue.values.map((item) => readAnyValue(item, position))
      : [];
  }
  if (isJsonObject(kvlistValue)) return readAttributes(kvlistValue.values, position);
  return bytesValue ?? null;
}

function integerOf(text: string): JsonValue {
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
}
