import {
  type Comments,
  findComments,
  type FoundComment,
  parseYaml,
  pathOf,
  placeOf,
  type YamlComments,
  type YamlNode,
} from "../../formats/yaml/mod.ts";
import { trim, trimLower } from "../text.ts";
import type { PolicyDocument } from "./document.ts";
import type { ReadPolicy } from "./read_document.ts";

/** A key or an item of the file and where it stands in the formatted policy. */
interface Spot {
  readonly at: number;
  readonly path: string;
}

/**
 * The comments of a policy file, by the places in its formatted form: a comment on a line of its own belongs to what
 * follows it, one at the end of a line to what the line begins with. Comments at the top of the file, before an empty
 * line, stay at the top.
 */
export function keepComments(read: ReadPolicy): YamlComments | undefined {
  const { source } = read;
  const found = findComments(source);
  if (found.length === 0) return undefined;
  const { root } = parseYaml(source.text, source.name);
  const spots = root ? spotsOf(root, read) : [];
  const head = headLength(found, source.text);
  const above = new Map<string, string[]>();
  const behind = new Map<string, string[]>();
  const foot: string[] = [];
  const lineOf = lineFinder(source.text);
  for (const comment of found.slice(head)) {
    const following = spots.find(({ at }) => at > comment.at);
    const onLine = spots.find(({ at }) => at < comment.at && lineOf(at) === lineOf(comment.at));
    if (!comment.ownLine && onLine) push(behind, onLine.path, comment.text);
    else if (following) push(above, following.path, comment.text);
    else foot.push(comment.text);
  }
  const places = new Map<string, Comments>();
  for (const path of new Set([...above.keys(), ...behind.keys()])) {
    const [last = "", ...others] = (behind.get(path) ?? []).toReversed();
    places.set(path, { above: [...above.get(path) ?? [], ...others.toReversed()], behind: last });
  }
  return { head: found.slice(0, head).map(({ text }) => text), places, foot };
}

function push(lists: Map<string, string[]>, path: string, text: string): void {
  const list = lists.get(path);
  if (list) list.push(text);
  else lists.set(path, [text]);
}

/** Number of comments in the block at the top, when an empty line ends it. */
function headLength(found: readonly FoundComment[], text: string): number {
  const block = /^(?:[ \t]*#[^\r\n]*\r?\n)+(?=[ \t]*(?:\r?\n|---))/.exec(text);
  return block ? found.filter(({ at }) => at < block[0].length).length : 0;
}

function lineFinder(text: string): (at: number) => number {
  const known = new Map<number, number>();
  return (at) => {
    const line = known.get(at) ?? placeOf(text, at).line;
    known.set(at, line);
    return line;
  };
}

/** Every key and item that stands in the text itself, in order; what an alias brings in has its place elsewhere. */
function spotsOf(root: YamlNode, { document, ruleNumbers }: ReadPolicy): Spot[] {
  const spots: Spot[] = [];
  const sortedRule = new Map(ruleNumbers.map((number, index) => [number, index]));

  function walk(node: YamlNode, path: string, from: number): void {
    if (node.at < from) return;
    if (node.kind === "mapping") {
      for (const { key, value } of node.entries) {
        if (key.at < node.at) continue;
        const inner = pathOf(path, key.text);
        spots.push({ at: key.at, path: inner });
        walk(value, inner, key.at);
      }
    } else if (node.kind === "sequence") {
      node.items.forEach((item, i) => {
        if (item.at < node.at) return;
        const inner = path === "rules"
          ? pathOf(path, sortedRule.get(i) ?? i)
          : itemPath(item, path, document);
        spots.push({ at: item.at, path: inner });
        if (inner !== path) walk(item, inner, item.at);
      });
    }
  }
  walk(root, "", 0);
  return spots.sort((a, b) => a.at - b.at);
}

/** Lists are sorted and cleaned, so an item is found again by its value; a dropped one falls back to its list. */
function itemPath(item: YamlNode, path: string, document: PolicyDocument): string {
  const list = path.split("/").reduce<unknown>((value, step) => member(value, step), document);
  if (item.kind !== "scalar" || !Array.isArray(list)) return path;
  const index = [trim(item.text), trimLower(item.text)].map((text) => list.indexOf(text)).find((i) => i >= 0);
  return index === undefined ? path : pathOf(path, index);
}

function member(value: unknown, step: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === step)?.[1]
    : undefined;
}
