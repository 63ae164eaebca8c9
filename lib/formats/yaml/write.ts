import { decimalText } from "./decimal.ts";
import { isBlockText, quoteIfNeeded } from "./quote.ts";
import { append } from "../lists.ts";

/** The values that {@linkcode writeYaml} can write; members of an object keep their order. */
export type YamlValue = string | number | bigint | boolean | null | readonly YamlValue[] | object;

/** Comments of one node: lines above it, and one at the end of its line; each begins with `#`. */
export interface Comments {
  readonly above: readonly string[];
  readonly behind: string;
}

/** Comments and anchors of a text, by the path of their node, e.g. `rules/0/name`. */
export interface YamlNotes {
  /** Comments at the top, before an empty line. */
  readonly head: readonly string[];
  readonly comments: ReadonlyMap<string, Comments>;
  /** Comments at the end. */
  readonly foot: readonly string[];
  /**
   * Names of anchors. The first node with a name is written with the anchor, a later one as an alias if it has the
   * same value and contains no comment.
   */
  readonly anchors: ReadonlyMap<string, string>;
}

/** Path of a member or an item. */
export function pathOf(parent: string, step: string | number): string {
  return parent === "" ? String(step) : `${parent}/${step}`;
}

/** Write a mapping as YAML: indented by 2, dashes of a list below their key, quotes only where needed. */
export function writeYaml(root: object, notes: YamlNotes = NO_NOTES): string {
  const lines: string[] = [...notes.head];
  if (lines.length > 0) lines.push("");
  const commented = new Set([...notes.comments.keys()].flatMap(foldersOf));
  writeMapping(root, "", "", { lines, notes, commented, written: new Map() });
  append(lines, notes.foot);
  return lines.map((line) => line + "\n").join("");
}

const NO_NOTES: YamlNotes = { head: [], comments: new Map(), foot: [], anchors: new Map() };

interface Output {
  readonly lines: string[];
  readonly notes: YamlNotes;
  /** Paths of nodes that contain a comment. */
  readonly commented: ReadonlySet<string>;
  /** Values of the anchors written so far, by name. */
  readonly written: Map<string, string>;
}

function writeMapping(mapping: object, path: string, indent: string, output: Output): void {
  for (const [key, value] of Object.entries(mapping)) {
    const inner = pathOf(path, key);
    writeAbove(inner, indent, output);
    writeMember(`${indent}${key}:`, value as YamlValue, inner, indent, output);
  }
}

/** @param head the key with what stands before it; comments above are written already */
function writeMember(head: string, value: YamlValue, path: string, indent: string, output: Output): void {
  const { lines } = output;
  const behind = behindAt(path, output);
  const mark = markOf(value, path, output);
  if (mark.startsWith("*")) lines.push(`${head} ${mark}${behind}`);
  else if (Array.isArray(value) && value.length > 0) {
    lines.push(joined(head, mark) + behind);
    value.forEach((item, i) => writeItem(item, pathOf(path, i), indent, output));
  } else if (isMapping(value)) {
    lines.push(joined(head, mark) + behind);
    writeMapping(value, path, indent + "  ", output);
  } else writeScalar(joined(head, mark), value, behind, indent + "  ", lines);
}

function writeItem(item: YamlValue, path: string, indent: string, output: Output): void {
  const { lines } = output;
  writeAbove(path, indent, output);
  const behind = behindAt(path, output);
  const mark = markOf(item, path, output);
  const head = joined(`${indent}-`, mark);
  if (mark.startsWith("*")) lines.push(head + behind);
  else if (!isMapping(item)) writeScalar(head, item, behind, indent + "  ", lines);
  else {
    const [[key, value] = ["", null], ...others] = Object.entries(item) as [string, YamlValue][];
    const inner = pathOf(path, key);
    // An anchor on the line of a key would belong to the key. Otherwise the first member follows the dash on the same
    // line, and its comments precede both.
    if (mark !== "") lines.push(head);
    writeAbove(inner, mark === "" ? indent : indent + "  ", output);
    const from = lines.length;
    writeMember(`${mark === "" ? `${head} ` : indent + "  "}${key}:`, value, inner, indent + "  ", output);
    lines[from] += behind;
    writeMapping(Object.fromEntries(others), path, indent + "  ", output);
  }
}

function writeAbove(path: string, indent: string, { lines, notes }: Output): void {
  for (const comment of notes.comments.get(path)?.above ?? []) lines.push(indent + comment);
}

function behindAt(path: string, { notes }: Output): string {
  const behind = notes.comments.get(path)?.behind ?? "";
  return behind === "" ? "" : ` ${behind}`;
}

/** The anchor or alias of a node, if any. */
function markOf(value: YamlValue, path: string, { notes, commented, written }: Output): string {
  const name = notes.anchors.get(path);
  if (name === undefined) return "";
  const text = JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? `${inner}n` : inner);
  const before = written.get(name);
  if (before === undefined) {
    written.set(name, text);
    return `&${name}`;
  }
  return before === text && !commented.has(path) ? `*${name}` : "";
}

function joined(head: string, mark: string): string {
  return mark === "" ? head : `${head} ${mark}`;
}

function isMapping(value: YamlValue): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function writeScalar(head: string, value: YamlValue, behind: string, indent: string, lines: string[]): void {
  if (typeof value !== "string") lines.push(`${head} ${plainText(value)}${behind}`);
  else if (!isBlockText(value)) lines.push(`${head} ${quoteIfNeeded(value)}${behind}`);
  else {
    lines.push(`${head} |-${behind}`);
    append(lines, value.split("\n").map((line) => line === "" ? "" : indent + line));
  }
}

function plainText(value: YamlValue): string {
  if (Array.isArray(value)) return "[]";
  if (typeof value !== "number") return String(value);
  const text = decimalText(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** The ancestors of a path. */
function foldersOf(path: string): string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
}
