import type { YamlNotes } from "../formats/yaml/write.ts";
import type { ReadPolicy } from "./read_document.ts";
import { sourcePositions } from "./source_positions.ts";

/**
 * The places in the formatted policy that have an anchor or an alias. Merge keys are expanded, because the normal
 * form contains every key anyway.
 */
export function keepAnchors(read: ReadPolicy): YamlNotes["anchors"] {
  const kept = new Map<string, string>();
  if (read.anchors.size === 0) return kept;
  for (const { node, path } of sourcePositions(read, true)) {
    const name = read.anchors.get(node);
    // Readers disagree about other characters in names.
    if (name !== undefined && /^[A-Za-z0-9_-]+$/.test(name)) kept.set(path, name);
  }
  return kept;
}
