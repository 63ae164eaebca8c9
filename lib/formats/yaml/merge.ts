import { YamlError } from "./error.ts";
import type { YamlEntry, YamlMapping, YamlSource } from "./node.ts";

/**
 * The entries of a mapping with its merge keys (`<<: *base`, `<<: [*a, *b]`) resolved.
 *
 * INVARIANT: every key is unique. Readers disagree whether a merged or an explicit key of the same name wins, so such
 * a text would mean different things to them; it is refused in either order.
 */
export function mergeEntries(
  entries: readonly YamlEntry[],
  source: YamlSource,
  overridden: "refuse" | "drop" = "refuse",
): readonly YamlEntry[] {
  const seen = new Set<string>();
  const merged: YamlEntry[] = [];
  let merges = 0;
  const add = (entry: YamlEntry, at: number): void => {
    if (seen.has(entry.key.text)) {
      throw new YamlError(source, at, `Key "${entry.key.text}" occurs twice`, { detail: "duplicate_key" });
    }
    seen.add(entry.key.text);
    merged.push(entry);
  };
  const own = new Set(overridden === "drop" ? entries.map((entry) => entry.key.text) : []);
  for (const entry of entries) {
    if (entry.key.text !== "<<" || !entry.key.plain) {
      add(entry, entry.key.at);
      continue;
    }
    // A second merge key is a duplicate key like any other.
    if (++merges > 1) {
      throw new YamlError(source, entry.key.at, 'Key "<<" occurs twice', {
        detail: "duplicate_key",
        hint: "Merge several mappings with a list: <<: [*a, *b]",
      });
    }
    for (const base of basesOf(entry, source)) {
      for (const inherited of base.entries) {
        const text = inherited.key.text;
        if (overridden === "refuse" || !own.has(text) && !seen.has(text)) add(inherited, entry.key.at);
      }
    }
  }
  return merges === 0 ? entries : merged;
}

function basesOf({ value }: YamlEntry, source: YamlSource): readonly YamlMapping[] {
  const bases = value.kind === "sequence" ? value.items : [value];
  return bases.map((base) => {
    if (base.kind === "mapping") return base;
    throw new YamlError(source, base.at, "A merge key takes a mapping or a list of mappings", {
      detail: "yaml_merge",
    });
  });
}
