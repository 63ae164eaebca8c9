import type { JsonObject, JsonValue } from "../formats/json/mod.ts";

/** The attributes below a prefix, by the rest of their names. */
export function indexedIn(attributes: JsonObject, prefix: string): JsonObject {
  const start = `${prefix}.`;
  const members = Object.entries(attributes).filter(([key]) => key.startsWith(start));
  return Object.fromEntries(members.map(([key, value]) => [key.slice(start.length), value]));
}

/** The records of a list whose members are attributes, in order: `prefix.0.role`, `prefix.0.content`, `prefix.1.role`. */
export function recordsIn(attributes: JsonObject, prefix: string): JsonObject[] {
  const start = `${prefix}.`;
  const records = new Map<number, [string, JsonValue][]>();
  for (const [key, value] of Object.entries(attributes)) {
    const found = key.startsWith(start) ? /^(\d{1,6})\.(.{1,200})$/.exec(key.slice(start.length)) : null;
    if (!found) continue;
    const index = Number(found[1]);
    const record = records.get(index);
    if (record === undefined) records.set(index, [[found[2]!, value]]);
    else record.push([found[2]!, value]);
  }
  return [...records].sort(([a], [b]) => a - b).map(([, members]) => Object.fromEntries(members));
}
