import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { badField } from "../../intent/fields.ts";

/**
 * Read arguments that are an object, or a string with the JSON of one; absent or blank is `{}` (docs/spec/mcp.md 3.2,
 * 3.4). The string is read as strictly as the payload: with duplicate keys, another reader would see different
 * arguments.
 *
 * @throws {GaitError} `invalid_input` for anything else
 */
export function readArguments(value: JsonValue | undefined, name: string, at: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value !== "string") return objectArguments(value, name, at);
  if (trim(value) === "") return {};
  const inside = readJson(value, { what: at + name, duplicates: "refuse", numbers: "unchanged" });
  return inside === null ? {} : objectArguments(inside, name, at);
}

/** Read arguments that must be an object; absent is `{}`. */
export function objectArguments(value: JsonValue | undefined, name: string, at: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw badField(at, name, "expected an object");
  return value;
}
