import { decimalText } from "./decimal.ts";
import { isBlockText, quoteIfNeeded } from "./quote.ts";

/** What {@linkcode writeYaml} can write; members of an object are written in their order. */
export type YamlValue = string | number | bigint | boolean | null | readonly YamlValue[] | object;

/** Comments of one place: lines above it, and one behind it; each begins with `#`. */
export interface Comments {
  readonly above: readonly string[];
  readonly behind: string;
}

/** Comments by the path of what they belong to, e.g. `rules/0/name`. */
export interface YamlComments {
  /** At the top, before an empty line. */
  readonly head: readonly string[];
  readonly places: ReadonlyMap<string, Comments>;
  /** At the end. */
  readonly foot: readonly string[];
}

/** Path of a member or an item. */
export function pathOf(parent: string, step: string | number): string {
  return parent === "" ? String(step) : `${parent}/${step}`;
}

/**
 * Write a mapping as YAML: 2 blanks a level, dashes of a list below their key, quotes only where they are needed.
 */
export function writeYaml(root: object, comments?: YamlComments): string {
  const lines: string[] = [...comments?.head ?? []];
  if (lines.length > 0) lines.push("");
  writeMapping(root, "", "", "", { lines, places: comments?.places ?? new Map() });
  lines.push(...comments?.foot ?? []);
  return lines.map((line) => line + "\n").join("");
}

interface Output {
  readonly lines: string[];
  readonly places: ReadonlyMap<string, Comments>;
}

/** @param first what stands before the first key instead of the indent: the dash of a list item */
function writeMapping(mapping: object, path: string, indent: string, first: string, output: Output): void {
  let before = first || indent;
  for (const [key, value] of Object.entries(mapping)) {
    writeMember(`${before}${key}:`, value as YamlValue, pathOf(path, key), indent, output);
    before = indent;
  }
}

function writeMember(head: string, value: YamlValue, path: string, indent: string, output: Output): void {
  const { lines } = output;
  const behind = commentsAt(path, indent, output);
  if (Array.isArray(value) && value.length > 0) {
    lines.push(head + behind);
    value.forEach((item, i) => writeItem(item, pathOf(path, i), indent, output));
  } else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    lines.push(head + behind);
    writeMapping(value, path, indent + "  ", "", output);
  } else {
    writeScalar(`${head} `, value, behind, indent + "  ", lines);
  }
}

function writeItem(item: YamlValue, path: string, indent: string, output: Output): void {
  const behind = commentsAt(path, indent, output);
  if (typeof item === "object" && item !== null && !Array.isArray(item)) {
    const from = output.lines.length;
    writeMapping(item, path, indent + "  ", `${indent}- `, output);
    output.lines[from] += behind;
  } else {
    writeScalar(`${indent}- `, item, behind, indent + "  ", output.lines);
  }
}

/** Write the comments above a place; the one behind it comes back. */
function commentsAt(path: string, indent: string, { lines, places }: Output): string {
  const comments = places.get(path);
  if (!comments) return "";
  lines.push(...comments.above.map((comment) => indent + comment));
  return comments.behind === "" ? "" : ` ${comments.behind}`;
}

function writeScalar(head: string, value: YamlValue, behind: string, indent: string, lines: string[]): void {
  if (typeof value !== "string") lines.push(head + plainText(value) + behind);
  else if (!isBlockText(value)) lines.push(head + quoteIfNeeded(value) + behind);
  else {
    lines.push(`${head}|-${behind}`);
    lines.push(...value.split("\n").map((line) => line === "" ? "" : indent + line));
  }
}

function plainText(value: YamlValue): string {
  if (Array.isArray(value)) return "[]";
  if (typeof value !== "number") return String(value);
  const text = decimalText(value);
  return text.includes(".") ? text : `${text}.0`;
}
