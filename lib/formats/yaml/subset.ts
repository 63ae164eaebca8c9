import type { YamlDocument, YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSource } from "./node.ts";

/*
 * A reader for the subset of YAML that nearly all policies use: block mappings and sequences, single-line flow
 * collections, plain scalars and quoted ones without escapes. It loads and runs in a fraction of the time of a full
 * YAML reader (docs/performance.md).
 *
 * INVARIANT: its result equals that of the full reader, including positions, or is `undefined`. Everything unusual
 * (tabs, anchors, tags, several documents, multi-line scalars, duplicate keys, any mistake) is left to the full
 * reader, which also produces all errors. tests/formats/yaml_subset_property_test.ts compares the two.
 */

/** Read a document, or return `undefined` if it exceeds the subset. */
export function readYamlSubset(source: YamlSource): YamlDocument | undefined {
  const { text } = source;
  if (!ORDINARY.test(text)) return undefined;
  const lines = contentLines(text);
  if (lines === undefined || lines.length === 0 || lines[0]!.indent !== 0) return undefined;
  try {
    const reader = new SubsetReader(text, lines);
    return { source, root: reader.document(), anchors: new Map(), documents: 1 };
  } catch (error) {
    if (error === BEYOND) return undefined;
    throw error;
  }
}

/** Thrown and caught internally where a text exceeds the subset. */
const BEYOND = Symbol("beyond the subset");

/** Printable characters and LF; excludes tabs, CR, other line breaks and characters that YAML forbids. */
const ORDINARY = /^[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff]*$/;
const KEY = /[A-Za-z_][A-Za-z0-9_.-]*(?=:(?:[ \n]|$))/y;
/** First characters of plain scalars in the subset; others have a special meaning (`-`, `?`, `&`, `*`, `!`, `|` …). */
const PLAIN_START = /[A-Za-z0-9_./~]/;
/** Deeper nesting is left to the full reader; must stay below its limit. */
const MAX_DEPTH = 50;

interface Line {
  /** Offsets of the first non-blank character and of the end without trailing blanks. */
  readonly at: number;
  readonly end: number;
  readonly indent: number;
}

/** Lines with content other than blanks and comments; `undefined` if one separates documents. */
function contentLines(text: string): Line[] | undefined {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    let end = newline < 0 ? text.length : newline;
    const next = end + 1;
    let at = start;
    while (at < end && text[at] === " ") at++;
    while (end > at && text[end - 1] === " ") end--;
    if (at < end && text[at] !== "#") {
      if (at === start && (text.startsWith("---", at) || text.startsWith("...", at))) return undefined;
      lines.push({ at, end, indent: at - start });
    }
    start = next;
  }
  return lines;
}

class SubsetReader {
  #row = 0;
  #depth = 0;

  constructor(readonly text: string, readonly lines: readonly Line[]) {}

  document(): YamlNode {
    const root = this.#mapping(0, this.lines[0]!.at);
    if (this.#row < this.lines.length) throw BEYOND;
    return root;
  }

  /** A block mapping with keys in column `indent`; the first one is at `at` in the current line. */
  #mapping(indent: number, at: number): YamlMapping {
    this.#enter();
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    for (let place = at;;) {
      entries.push(this.#entry(indent, place, seen));
      const line = this.lines[this.#row];
      if (line === undefined || line.indent < indent) break;
      if (line.indent > indent) throw BEYOND;
      place = line.at;
    }
    this.#depth--;
    return { kind: "mapping", at, entries };
  }

  #entry(indent: number, at: number, seen: Set<string>): YamlEntry {
    const { end } = this.lines[this.#row]!;
    const key = this.#key(at, seen);
    const colon = key.at + key.text.length;
    const value = this.#skipBlanks(colon + 1, end);
    if (value < end && this.text[value] !== "#") return { key, value: this.#inline(value, end, indent) };
    this.#row++;
    const below = this.lines[this.#row];
    if (below !== undefined && this.#isItem(below) && below.indent >= indent) {
      return { key, value: this.#sequence(below.indent) };
    }
    if (below !== undefined && below.indent > indent) {
      return { key, value: this.#mapping(below.indent, below.at) };
    }
    return { key, value: { kind: "scalar", text: "", plain: true, at: colon } };
  }

  #key(at: number, seen: Set<string>): YamlScalar {
    KEY.lastIndex = at;
    const text = KEY.exec(this.text)?.[0];
    if (text === undefined || seen.has(text)) throw BEYOND;
    seen.add(text);
    return { kind: "scalar", text, plain: true, at };
  }

  #isItem({ at, end }: Line): boolean {
    return this.text[at] === "-" && (at + 1 === end || this.text[at + 1] === " ");
  }

  /** A block sequence with dashes in column `indent`. */
  #sequence(indent: number): YamlNode {
    this.#enter();
    const items: YamlNode[] = [];
    const places: number[] = [];
    const start = this.lines[this.#row]!.at;
    for (;;) {
      const line = this.lines[this.#row];
      if (line === undefined || line.indent < indent || (line.indent === indent && !this.#isItem(line))) {
        break;
      }
      if (line.indent > indent) throw BEYOND;
      const at = this.#skipBlanks(line.at + 1, line.end);
      if (at >= line.end || this.text[at] === "#") throw BEYOND;
      KEY.lastIndex = at;
      const item = KEY.test(this.text)
        ? this.#mapping(indent + at - line.at, at)
        : this.#inline(at, line.end, indent);
      items.push(item);
      places.push(item.at);
    }
    this.#depth--;
    return { kind: "sequence", at: start, items, places };
  }

  /** A scalar or flow collection that spans the rest of a line. */
  #inline(at: number, end: number, indent: number): YamlNode {
    const first = this.text[at]!;
    const isFlow = first === "[" || first === "{";
    const { node, next } = isFlow
      ? this.#flow(at, end)
      : first === '"' || first === "'"
      ? this.#quoted(at, end)
      : this.#plain(at, end);
    const rest = this.#skipBlanks(next, end);
    if (rest < end && (this.text[rest] !== "#" || rest === next)) throw BEYOND;
    this.#row++;
    // A deeper line would continue the scalar, or be invalid.
    const below = this.lines[this.#row];
    if (below !== undefined && below.indent > indent) throw BEYOND;
    return node;
  }

  #plain(at: number, end: number): Read {
    if (!PLAIN_START.test(this.text[at]!)) throw BEYOND;
    const rest = this.text.slice(at, end);
    const comment = rest.indexOf(" #");
    const text = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
    if (text.includes(": ") || text.endsWith(":")) throw BEYOND;
    return { node: { kind: "scalar", text, plain: true, at }, next: at + text.length };
  }

  #quoted(at: number, end: number): Read {
    const quote = this.text[at]!;
    const close = this.text.indexOf(quote, at + 1);
    if (close < 0 || close >= end || this.text[close + 1] === quote) throw BEYOND;
    const text = this.text.slice(at + 1, close);
    if (quote === '"' && text.includes("\\")) throw BEYOND;
    return { node: { kind: "scalar", text, plain: false, at }, next: close + 1 };
  }

  /** `[a, b]` or `{a: b}` within a line. */
  #flow(at: number, end: number): Read {
    this.#enter();
    const isList = this.text[at] === "[";
    const closing = isList ? "]" : "}";
    const items: YamlNode[] = [];
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    let next = this.#skipBlanks(at + 1, end);
    while (this.text[next] !== closing || next >= end) {
      if (items.length + entries.length > 0) {
        if (this.text[next] !== ",") throw BEYOND;
        next = this.#skipBlanks(next + 1, end);
      }
      if (next >= end) throw BEYOND;
      let key: YamlScalar | undefined;
      if (!isList) {
        key = this.#key(next, seen);
        next = this.#skipBlanks(key.at + key.text.length + 1, end);
        if (next >= end) throw BEYOND;
      }
      const read = this.#flowNode(next, end);
      if (key === undefined) items.push(read.node);
      else entries.push({ key, value: read.node });
      next = this.#skipBlanks(read.next, end);
    }
    this.#depth--;
    const node: YamlNode = isList
      ? { kind: "sequence", at, items, places: items.map((item) => item.at) }
      : { kind: "mapping", at, entries };
    return { node, next: next + 1 };
  }

  #flowNode(at: number, end: number): Read {
    const first = this.text[at]!;
    if (first === "[" || first === "{") return this.#flow(at, end);
    if (first === '"' || first === "'") return this.#quoted(at, end);
    FLOW_PLAIN.lastIndex = at;
    const text = FLOW_PLAIN.exec(this.text)?.[0];
    if (text === undefined) throw BEYOND;
    return { node: { kind: "scalar", text, plain: true, at }, next: at + text.length };
  }

  #skipBlanks(at: number, end: number): number {
    while (at < end && this.text[at] === " ") at++;
    return at;
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw BEYOND;
  }
}

/** A plain scalar inside a flow collection: words of letters, digits and a few signs. */
// deno-lint-ignore gait/linear-regex -- sticky, blanks in one group only, and a text that fails is read no further
const FLOW_PLAIN = /[A-Za-z0-9_./~][A-Za-z0-9_./~*@+-]*(?: [A-Za-z0-9_./~*@+-]+)*(?= *[,\]}])/y;

interface Read {
  readonly node: YamlNode;
  readonly next: number;
}
