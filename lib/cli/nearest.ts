import type { Entry } from "../commands/table.ts";
import { groupsOf } from "./groups.ts";
import { suggest } from "../formats/suggest.ts";

/** The command or group closest to mistyped words: `record` and `rum record` both suggest `run record`. */
export function nearestCommand(words: readonly string[], table: readonly Entry[]): string | undefined {
  const names = [...table.map((entry) => entry.name), ...groupsOf(table)];
  const [first = ""] = words;
  // A whole word counts more than a similar one: `record` means `run record`, not `report`.
  const whole = names.includes(first) ? undefined : names.find((name) => name.split(" ").at(-1) === first);
  if (whole !== undefined) return whole;
  for (let length = Math.min(3, words.length); length > 0; length--) {
    const near = suggest(words.slice(0, length).join(" "), names);
    if (near !== undefined) return near;
  }
  return undefined;
}
