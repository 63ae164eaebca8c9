import type { Entry } from "../commands/table.ts";

/** Names of command groups: `run`, `keys`, `keys trust`. */
export function groupsOf(table: readonly Entry[]): string[] {
  const groups = new Set<string>();
  for (const { name } of table) {
    const words = name.split(" ");
    for (let length = 1; length < words.length; length++) groups.add(words.slice(0, length).join(" "));
  }
  return [...groups];
}

/** The commands inside a group. */
export function commandsIn(group: string, table: readonly Entry[]): Entry[] {
  return table.filter((entry) => entry.name.startsWith(group + " "));
}
