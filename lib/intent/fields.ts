import { invalidInput } from "../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue, MAX_DEPTH } from "../formats/json/mod.ts";
import { isZeroTime, parseTime, type Rfc3339, toUtc, ZERO_TIME } from "../formats/time.ts";
import { isHexDigest } from "../signing/mod.ts";
import { lower, set, trim } from "../formats/text.ts";

/*
 * Readers for the members of an intent. Without a schema library, because every decision uses them. `at` is the path
 * of the object, e.g. `intent: targets[1].`, so that errors name the field. `null` counts as absent.
 */

/** How members that hold others are written, by their names. */
const FORMS: Readonly<Record<string, string>> = {
  args: 'Give the arguments by their names: "args": {"path": "/srv/data"}',
  targets: 'A target has a kind and a value: {"kind": "path", "value": "/srv/data", "operation": "delete"}',
  arg_provenance: 'It names an argument and its source: {"arg_path": "$.path", "source": "user"}',
  script: 'A script has steps, and each its tool: {"steps": [{"tool_name": "fs.read", "args": {}}]}',
};

/** An error about one member. */
export function badField(at: string, name: string, reason: string, hint = formOf(at, name)): Error {
  return invalidInput(`Cannot read ${at}${name}: ${reason}`, hint === undefined ? {} : { hint });
}

/** How the member, or the one that it is in, is written. */
function formOf(at: string, name: string): string | undefined {
  const item = at.endsWith("].") ? at.lastIndexOf("[") : -1;
  const outer = item < 0 ? "" : at.slice(0, item).split(/[.: ]/).at(-1)!;
  const [own = ""] = name.split("[", 1);
  return [own, outer].map((one) => Object.hasOwn(FORMS, one) ? FORMS[one] : undefined).find(Boolean);
}

/** An unchanged text; empty if absent. */
export function text(object: JsonObject, name: string, at: string): string {
  const value = object[name];
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  throw badField(at, name, "expected a text");
}

/** Text, trimmed. */
export function trimmed(object: JsonObject, name: string, at: string): string {
  return trim(text(object, name, at));
}

/** Text, trimmed and in lower case. */
export function lowered(object: JsonObject, name: string, at: string): string {
  return lower(trimmed(object, name, at));
}

/** Required members of every intent. */
const NEEDED = ["tool_name", "context", "identity", "workspace", "risk_class"];
const NEEDED_HINT =
  "An intent needs tool_name, and context with identity, workspace and risk_class (docs/contracts/intent.md)";

/** A non-empty text. */
export function required(value: string, name: string, at: string): string {
  if (value === "") throw missingField(at, name);
  return value;
}

/** The error of a required member that is missing. */
export function missingField(at: string, name: string) {
  return badField(at, name, "is required", NEEDED.includes(name) ? NEEDED_HINT : undefined);
}

/**
 * A name. NUL is refused, because many programs end a text there, so that the decided and the executed name could
 * differ.
 */
export function identifier(value: string, name: string, at: string): string {
  if (value.includes("\0")) throw badField(at, name, "must not hold a NUL");
  return required(value, name, at);
}

/** One of a closed set of texts. */
export function oneOf<T extends string>(allowed: readonly T[], value: string, name: string, at: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw badField(at, name, `"${value}" is not one of ${allowed.filter((one) => one !== "").join(", ")}`);
  }
  return found;
}

/** SHA-256 in lower-case hex, or empty. */
export function optionalDigest(object: JsonObject, name: string, at: string): string {
  const value = lowered(object, name, at);
  if (value !== "" && !isHexDigest(value)) throw badField(at, name, "expected 64 hex digits");
  return value;
}

/** A boolean; false if absent. */
export function flag(object: JsonObject, name: string, at: string): boolean {
  const value = object[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw badField(at, name, "expected true or false");
  return value;
}

/** A time in UTC; the zero time when absent. */
export function time(object: JsonObject, name: string, at: string): Rfc3339 {
  const value = object[name];
  if (value === undefined || value === null) return ZERO_TIME;
  if (typeof value !== "string") throw badField(at, name, "expected a time");
  const utc = toUtc(parseTime(value, at + name));
  return isZeroTime(utc) ? ZERO_TIME : utc;
}

/** Unique, sorted texts; none when absent. */
export function textSet(object: JsonObject, name: string, at: string): string[] {
  return set(
    list(object, name, at).map((item, i) => {
      if (typeof item !== "string") throw badField(at, `${name}[${i}]`, "expected a text");
      return item;
    }),
  );
}

/** A list; empty when absent. */
export function list(object: JsonObject, name: string, at: string): JsonValue[] {
  const value = object[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badField(at, name, "expected a list");
  return value;
}

/** An object; `undefined` when absent. */
export function optionalObject(object: JsonObject, name: string, at: string): JsonObject | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw badField(at, name, "expected an object");
  return value;
}

/** Read each item of a list of objects; the reader receives the path of the item. */
export function eachObject<T>(
  object: JsonObject,
  name: string,
  at: string,
  read: (item: JsonObject, at: string) => T,
): T[] {
  return list(object, name, at).map((item, i) => {
    if (!isJsonObject(item)) throw badField(at, `${name}[${i}]`, "expected an object");
    return read(item, `${at}${name}[${i}].`);
  });
}

/**
 * Refuse a member that differs from a known one only in case. Unknown members are ignored, but some readers accept
 * `Targets` as `targets`, and would decide on content that is ignored here.
 */
export function refuseLookalikes(object: JsonObject, known: ReadonlySet<string>, at: string): void {
  for (const name in object) {
    if (known.has(name) || !Object.hasOwn(object, name)) continue;
    // Upper-cased, then lower-cased, so that U+017F and U+212A become s and k.
    const folded = name.toUpperCase().toLowerCase();
    if (known.has(folded)) throw badField(at, name, `did you mean "${folded}"?`);
  }
}

/**
 * An object of any shape (args, auth_context): texts and keys are trimmed, everything else is unchanged
 * (docs/spec/gate.md 2.3).
 *
 * Always copied, so that the caller can't change it after digesting. Blank keys, and keys that become equal, are
 * refused, because it would be ambiguous which value wins.
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
