import type { JsonObject, JsonValue } from "./value.ts";

/** An object without the members whose value is empty: `undefined`, `""`, 0, false, `[]` (docs/spec/core.md 3.3). */
export function compact(members: Readonly<Record<string, unknown>>): JsonObject {
  const kept: JsonObject = {};
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (!isEmpty(value)) kept[name] = value as JsonValue;
  }
  return kept;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || value === 0 || value === false || value === null ||
    Array.isArray(value) && value.length === 0;
}
