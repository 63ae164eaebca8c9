import { canonicalize, isJsonObject, type JsonValue } from "../../formats/json/mod.ts";

/** A field whose value differs. */
export interface FieldChange {
  /** `$.inputSchema.properties.path.description`; `$` for the whole. */
  readonly path: string;
  /** Absent when the field was added. */
  readonly before?: JsonValue;
  /** Absent when the field was removed. */
  readonly after?: JsonValue;
}

/** The fields in which two values differ, down to the smallest part; items of lists are compared by position. */
export function diffFields(before: JsonValue, after: JsonValue, path = "$"): FieldChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => diffMember(before, after, name, path + step(name)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const positions = Array.from({ length: Math.max(before.length, after.length) }, (_, i) => String(i));
    return positions.flatMap((name) => diffMember(before, after, name, `${path}[${name}]`));
  }
  return canonicalize(before) === canonicalize(after) ? [] : [{ path, before, after }];
}

function diffMember(before: object, after: object, name: string, path: string): FieldChange[] {
  const [old, next] = [memberOf(before, name), memberOf(after, name)];
  if (old === undefined && next === undefined) return [];
  if (old === undefined) return [{ path, after: next! }];
  if (next === undefined) return [{ path, before: old }];
  return diffFields(old, next, path);
}

function memberOf(holder: object, name: string): JsonValue | undefined {
  return Object.hasOwn(holder, name) ? (holder as Record<string, JsonValue>)[name] : undefined;
}

function step(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
