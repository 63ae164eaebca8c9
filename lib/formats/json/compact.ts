import type { JsonObject } from "./value.ts";

/** An object without the members whose value is empty: `undefined`, `""`, 0, false, `[]` (docs/spec/core.md 3.3). */
export function compact(members: Readonly<Record<string, unknown>>): JsonObject {
  const kept = Object.entries(members).filter(([, value]) =>
    value !== undefined && value !== "" && value !== 0 && value !== false && value !== null &&
    !(Array.isArray(value) && value.length === 0)
  );
  return Object.fromEntries(kept) as JsonObject;
}
