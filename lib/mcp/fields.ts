import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { badField, list, text } from "../intent/fields.ts";

/*
 * Readers for the members of a payload, as those of an intent (lib/intent/fields.ts): `null` counts as absent, also as
 * an item of a list (docs/spec/mcp.md section 3).
 */

/** The members that an object of a payload may have for us; all others are ignored. */
export interface KnownFields {
  /** @throws {GaitError} `invalid_input` for a member that differs from a known one only in case */
  refuseLookalikes(object: JsonObject, at: string): void;
}

/**
 * Declare the known members of an object.
 *
 * A reader that ignores case would take `NAME` for `name`, and execute another call than the one that was decided here
 * (the class of CVE-2026-27896).
 */
export function knownFields(...names: readonly string[]): KnownFields {
  const byFolded = new Map(names.map((name) => [fold(name), name]));
  const known = new Set(names);
  return {
    refuseLookalikes(object, at) {
      for (const name of Object.keys(object)) {
        if (known.has(name)) continue;
        const meant = byFolded.get(fold(name));
        if (meant !== undefined) {
          throw badField(at, name, `did you mean "${meant}"?`, `Write it as "${meant}", or leave it out`);
        }
      }
    },
  };
}

/** Upper-cased first, so that U+017F and U+212A become s and k. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** A list of objects. */
export function objects(object: JsonObject, name: string, at: string): JsonObject[] {
  return list(object, name, at).map((item, i) => {
    if (item === null) return {};
    if (!isJsonObject(item)) throw badField(at, `${name}[${i}]`, "expected an object");
    return item;
  });
}

/** A list of texts. */
export function texts(object: JsonObject, name: string, at: string): string[] {
  return list(object, name, at).map((item, i) => {
    if (item === null) return "";
    if (typeof item !== "string") throw badField(at, `${name}[${i}]`, "expected a text");
    return item;
  });
}

/** The named members that are texts, without those that are empty. */
export function textMembers(
  object: JsonObject,
  names: readonly string[],
  at: string,
): Record<string, string> {
  const read = names.map((name) => [name, text(object, name, at)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== ""));
}

/** A member as it is; `undefined` for `null` and for members that every object inherits. */
export function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] ?? undefined : undefined;
}
