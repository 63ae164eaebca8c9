import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { badField, list, text } from "../intent/fields.ts";

/*
 * Readers for the members of a payload, like those for intents (lib/intent/fields.ts): `null` means absent, also as
 * an item of a list (docs/spec/mcp.md section 3).
 */

/** The members of an object that Gait reads; all others are ignored. */
export interface KnownFields {
  /** @throws {GaitError} `invalid_input` for a member that differs from a known one only in case */
  refuseLookalikes(object: JsonObject, at: string): void;
}

/**
 * Declare the known members of an object.
 *
 * A case-insensitive reader would take `NAME` for `name`, and would execute a different call from the one that was
 * decided here (the class of CVE-2026-27896).
 */
export function knownFields(...names: readonly string[]): KnownFields {
  const byFolded = new Map(names.map((name) => [foldName(name), name]));
  const known = new Set(names);
  return {
    refuseLookalikes(object, at) {
      for (const name of Object.keys(object)) {
        if (known.has(name)) continue;
        const meant = byFolded.get(foldName(name));
        if (meant !== undefined) {
          throw badField(at, name, `did you mean "${meant}"?`, `Write it as "${meant}", or leave it out`);
        }
      }
    },
  };
}

/** Fold the case of a name. Upper case comes first, so that U+017F and U+212A become s and k. */
export function foldName(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** Read a list of objects. */
export function objects(object: JsonObject, name: string, at: string): JsonObject[] {
  return list(object, name, at).map((item, i) => {
    if (item === null) return {};
    if (!isJsonObject(item)) throw badField(at, `${name}[${i}]`, "expected an object");
    return item;
  });
}

/** Read a list of strings. */
export function texts(object: JsonObject, name: string, at: string): string[] {
  return list(object, name, at).map((item, i) => {
    if (item === null) return "";
    if (typeof item !== "string") throw badField(at, `${name}[${i}]`, "expected a text");
    return item;
  });
}

/** Read the named members that are strings, without empty ones. */
export function textMembers(
  object: JsonObject,
  names: readonly string[],
  at: string,
): Record<string, string> {
  const read = names.map((name) => [name, text(object, name, at)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== ""));
}

/** The raw value of a member; `undefined` for `null` and for inherited members such as `toString`. */
export function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] ?? undefined : undefined;
}
