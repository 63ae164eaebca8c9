import { type JsonObject, type JsonValue, MAX_DEPTH } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";
import { badField, optionalObject } from "./fields.ts";

/**
 * An object of any shape (args, auth_context): texts and keys are trimmed, everything else stays (docs/spec/gate.md 2.3).
 *
 * Always a copy, so that a caller can't change what was digested. Keys that are blank or become equal are refused:
 * which of two values counts would be left to chance.
 *
 * @throws {GaitError} `invalid_input`
 */
export function freeForm(object: JsonObject, name: string, at: string): JsonObject {
  const value = optionalObject(object, name, at);
  return value === undefined ? {} : normalizeObject(value, { name, at }, 1);
}

interface Place {
  readonly name: string;
  readonly at: string;
}

function normalizeObject(object: JsonObject, place: Place, depth: number): JsonObject {
  const names = Object.keys(object);
  if (names.length === 0) return {};
  if (depth > MAX_DEPTH) throw badField(place.at, place.name, `is nested deeper than ${MAX_DEPTH} levels`);
  const entries: [string, JsonValue][] = [];
  const seen = new Set<string>();
  for (const name of names) {
    const key = trim(name);
    if (key === "") throw badField(place.at, place.name, "a key is blank");
    if (seen.size === seen.add(key).size) throw badField(place.at, place.name, `key "${key}" occurs twice`);
    entries.push([key, normalize(object[name]!, place, depth)]);
  }
  return Object.fromEntries(entries);
}

function normalize(value: JsonValue, place: Place, depth: number): JsonValue {
  if (typeof value === "string") return trim(value);
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return normalizeObject(value, place, depth + 1);
  if (depth >= MAX_DEPTH) throw badField(place.at, place.name, `is nested deeper than ${MAX_DEPTH} levels`);
  return value.map((item) => normalize(item, place, depth + 1));
}
