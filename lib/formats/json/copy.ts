import { invalidInput } from "../../errors/mod.ts";
import { MAX_DEPTH } from "./canonical.ts";
import type { JsonObject, JsonValue } from "./value.ts";

/**
 * Copy a caller's value, accepting only JSON. `structuredClone` would accept a `Date` or a `Map`, whose content no
 * digest covers, so that one approval would fit two different calls; the same holds for rounded numbers. Members that
 * are `undefined` are omitted, as `JSON.stringify` does.
 *
 * @throws {GaitError} `invalid_input` with the path to the value that is not JSON
 */
export function copyJson(value: unknown, what: string): JsonValue {
  return copy(value, { what, path: "", above: [] });
}

interface Place {
  readonly what: string;
  readonly path: string;
  /** The enclosing objects. */
  readonly above: readonly object[];
}

function copy(value: unknown, place: Place): JsonValue {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw bad(place, "it has a lone surrogate");
      return value;
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw bad(place, `${value} is not a JSON number`);
      if (Object.is(value, -0)) throw bad(place, "-0 would become 0", AS_TEXT);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw bad(place, `${value} is beyond 2^53, so it may have been rounded`, AS_TEXT);
      }
      return value;
    case "object":
      return value === null ? null : copyObject(value, place);
    default:
      throw bad(place, `a value of type ${typeof value} is not JSON`);
  }
}

function copyObject(value: object, place: Place): JsonValue {
  if (place.above.includes(value)) throw bad(place, "it contains itself");
  if (place.above.length >= MAX_DEPTH) throw bad(place, `it is nested deeper than ${MAX_DEPTH} levels`);
  if (!isPlain(value)) {
    throw bad(place, `${nameOf(value)} is not JSON`, "Give plain objects, lists, texts and numbers");
  }
  const above = [...place.above, value];
  const inside = (step: string): Place => ({ what: place.what, path: place.path + step, above });
  if (Array.isArray(value)) {
    // By index, because iteration methods skip holes, which are undefined.
    return Array.from({ length: value.length }, (_, i) => copy(value[i], inside(`[${i}]`)));
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw bad(place, "a key is a symbol");
  const members: JsonObject = {};
  for (const name of Object.keys(value)) {
    const member: unknown = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    if (!name.isWellFormed()) throw bad(place, "a key has a lone surrogate");
    const copied = copy(member, inside(place.path === "" ? name : `.${name}`));
    // Defined, because assigning to `__proto__` would not create a member.
    Object.defineProperty(members, name, { value: copied, ...OWN });
  }
  return members;
}

const OWN = { writable: true, enumerable: true, configurable: true };
const AS_TEXT = "Send it as a text";

/** Whether it is a plain object or array, of this realm or another. */
function isPlain(value: object): boolean {
  if ("toJSON" in value) return typeof value.toJSON !== "function";
  if (Array.isArray(value)) return Object.keys(value).length <= value.length;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf") &&
      Object.prototype.toString.call(value) === "[object Object]");
}

function nameOf(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" ? `a ${name}` : "an object with a prototype";
}

function bad({ what, path }: Place, reason: string, hint?: string) {
  return invalidInput(
    `Cannot read ${what}: ${path === "" ? "" : `"${path}": `}${reason}`,
    hint ? { hint } : {},
  );
}
