import type { Entry } from "../commands/table.ts";
import { groupsOf } from "./groups.ts";
import { suggest } from "../formats/suggest.ts";

/** The command or group closest to mistyped words: `record` and `rum record` both suggest `run record`. */
export function nearestCommand(words: readonly string[], table: readonly Entry[]): string | undefined {
  const names = [...table.map((entry) => entry.name), ...groupsOf(table)];
  for (let length = Math.min(3, words.length); length > 0; length--) {
    const near = suggest(words.slice(0, length).join(" "), names);
    if (near !== undefined) return near;
  }
  const [first] = words;
  return names.find((name) => name.split(" ").at(-1) === first);
}
