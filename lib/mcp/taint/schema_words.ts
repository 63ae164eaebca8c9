import { isJsonObject } from "../../formats/json/mod.ts";

/** Schemas with more nested values are only read so far. */
const MAX_VALUES = 10_000;

/**
 * The texts that a tool's input schema prescribes: names of properties, and values of `enum` and `const`. An argument
 * that repeats one of them chooses, and carries nothing. Whoever accepted the descriptor of the tool accepted them.
 */
export function schemaWords(inputSchema: unknown): ReadonlySet<string> {
  const words = new Set<string>();
  const open: unknown[] = [inputSchema];
  for (let seen = 0; open.length > 0 && seen < MAX_VALUES; seen++) {
    const value = open.pop();
    if (Array.isArray(value)) {
      for (const item of value) open.push(item);
      continue;
    }
    if (!isJsonObject(value)) continue;
    if (isJsonObject(value.properties)) { for (const name of Object.keys(value.properties)) words.add(name); }
    for (const choice of [value.const, ...(Array.isArray(value.enum) ? value.enum : [])]) {
      if (typeof choice === "string") words.add(choice);
    }
    for (const member of Object.values(value)) open.push(member);
  }
  return words;
}
