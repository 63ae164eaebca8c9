import type { YamlNode } from "../formats/yaml/mod.ts";
import { pathOf } from "../formats/yaml/write.ts";
import { trim, trimLower } from "../formats/text.ts";
import type { ReadPolicy } from "./read_document.ts";

/** A key or item of the file, and its path in the formatted policy. */
export interface SourcePosition {
  /** The value of the key, or the item. */
  readonly node: YamlNode;
  readonly at: number;
  readonly path: string;
}

/**
 * Every key and item of a policy file, by offset.
 *
 * @param aliased whether to also visit the nodes that aliases refer to, whose text is elsewhere
 */
export function sourcePositions(
  { root, document, ruleNumbers }: ReadPolicy,
  aliased: boolean,
): SourcePosition[] {
  const positions: SourcePosition[] = [];
  const sortedRule = new Map(ruleNumbers.map((number, index) => [number, index]));
  // The target of an alias precedes the alias in the text.
  const isElsewhere = (at: number, from: number) => !aliased && at < from;

  function walk(node: YamlNode, path: string, value: unknown, from: number): void {
    if (isElsewhere(node.at, from)) return;
    if (node.kind === "mapping") {
      for (const entry of node.entries) {
        const { key } = entry;
        if (isElsewhere(key.at, node.at)) continue;
        const inner = pathOf(path, key.text);
        positions.push({ node: entry.value, at: key.at, path: inner });
        walk(entry.value, inner, memberOf(value, key.text), key.at);
      }
    } else if (node.kind === "sequence") {
      const find = path === "rules" ? undefined : finder(value);
      node.items.forEach((item, i) => {
        const at = node.places[i]!;
        const index = find ? find(item) : sortedRule.get(i);
        // A dropped item is attributed to its list.
        const inner = index === undefined ? path : pathOf(path, index);
        positions.push({ node: item, at, path: inner });
        if (index !== undefined) walk(item, inner, memberOf(value, String(index)), at);
      });
    }
  }
  if (root) walk(root, "", document, 0);
  return positions.sort((a, b) => a.at - b.at);
}

/** Lists of texts are sorted and normalised, so items are found by value. */
function finder(list: unknown): (item: YamlNode) => number | undefined {
  const indices = new Map(Array.isArray(list) ? list.map((text, i): [unknown, number] => [text, i]) : []);
  return (item) =>
    item.kind === "scalar" ? indices.get(trim(item.text)) ?? indices.get(trimLower(item.text)) : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
