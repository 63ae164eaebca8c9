/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. Members are own properties; the name `__proto__` has no special meaning. */
export type JsonObject = { [name: string]: JsonValue };

/** Whether a value is a JSON object (no array, not `null`). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy of an object without some of its members; safe for a member named `__proto__`. */
export function without(object: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/**
 * A value as text: itself, or the JSON of an object or list. `String()` of these would call their `toString`, which
 * whoever wrote the JSON can set to anything: `{"toString": null}` makes it throw.
 */
export function asText(value: JsonValue | undefined): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
