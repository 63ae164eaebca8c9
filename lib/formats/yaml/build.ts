import { type Event, EVENT_ID, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { YamlError } from "./error.ts";
import { lineStartOf } from "./line_start.ts";
import { mergeEntries } from "./merge.ts";
import type { YamlDocument, YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSource } from "./node.ts";
import { checkCollectionTag, isStringTag, tagScalar } from "./tags.ts";

/** The most nodes after expanding aliases: an "alias bomb" exhausts memory with a few lines. */
export const MAX_EXPANDED_NODES = 1_000_000;

/** A node with its number of nodes after expanding aliases. */
interface Sized {
  readonly node: YamlNode;
  /** Offset of the node, or of the alias that refers to it. */
  readonly at: number;
  readonly size: number;
}

/** An incomplete collection. */
interface Open {
  readonly kind: "sequence" | "mapping";
  readonly at: number;
  readonly anchor: string;
  readonly children: Sized[];
}

/** The first document, see {@linkcode YamlDocument}. */
type Tree = Pick<YamlDocument, "root" | "anchors">;

/**
 * The tree of the first document.
 *
 * @param options not strict: tags are ignored, and a key overrides one that is merged in
 * @returns `undefined` as its root for a document without content (a lone `---`)
 * @throws {YamlError} unknown or circular alias, alias bomb, unknown tag, key that is not a scalar or occurs twice
 */
export function buildTree(
  events: readonly Event[],
  source: YamlSource,
  { strict = true }: { readonly strict?: boolean } = {},
): Tree {
  const { text } = source;
  const anchors = new Map<string, Sized | undefined>();
  const names = new Map<YamlNode, string>();
  const open: Open[] = [];
  let root: YamlNode | undefined;
  let expanded = 0;
  let last = 0;

  const fail = (at: number, message: string, detail: string) =>
    new YamlError(source, at, message, { detail });

  function add(sized: Sized, anchor: string): void {
    if (anchor !== "") {
      anchors.set(anchor, sized);
      names.set(sized.node, anchor);
    }
    const parent = open.at(-1);
    if (parent) parent.children.push(sized);
    else root = sized.node;
  }

  function close({ kind, at, anchor, children }: Open): void {
    const size = children.reduce((sum, child) => sum + child.size, 1);
    const node: YamlNode = kind === "sequence"
      ? { kind, at, items: children.map((child) => child.node), places: children.map((child) => child.at) }
      : mappingOf(children, at, source, strict);
    add({ node, size, at }, anchor);
  }

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (strict && event.directives.some((directive) => directive.kind === "tag")) {
          throw fail(0, "Tags can't be redefined here", "yaml_tag");
        }
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const kind = event.type === EVENT_ID.SEQUENCE ? "sequence" : "mapping";
        last = event.start;
        if (strict) {
          checkCollectionTag(kind, text.slice(event.tagStart, event.tagEnd), event.tagStart, source);
        }
        const anchor = text.slice(event.anchorStart, event.anchorEnd);
        if (anchor !== "") anchors.set(anchor, undefined);
        open.push({ kind, at: event.start, anchor, children: [] });
        break;
      }
      case EVENT_ID.SCALAR: {
        const tag = text.slice(event.tagStart, event.tagEnd);
        // A missing value is located at the end of the previous node.
        const at = event.valueStart < 0 ? last : startOf(event, text);
        last = Math.max(event.valueEnd, event.anchorEnd, event.tagEnd, last);
        const absent = event.valueStart < 0 && tag === "" && event.anchorStart < 0;
        if (absent && open.length === 0) break;
        const plain = event.style === SCALAR_STYLE.PLAIN && !isStringTag(tag);
        const scalar: YamlScalar = { kind: "scalar", text: getScalarValue(text, event), plain, at };
        const node = tag === "" || !strict ? scalar : tagScalar(scalar, tag, event.tagStart, source);
        add({ node, size: 1, at: node.at }, text.slice(event.anchorStart, event.anchorEnd));
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const at = event.anchorStart - 1;
        if (!anchors.has(name)) throw fail(at, `Unknown alias "${name}"`, "yaml_alias");
        const target = anchors.get(name);
        if (!target) throw fail(at, `Alias "${name}" stands inside what it names`, "yaml_alias");
        expanded += target.size;
        if (expanded > MAX_EXPANDED_NODES) {
          throw fail(at, `Aliases stand for more than ${MAX_EXPANDED_NODES} nodes`, "yaml_alias_bomb");
        }
        last = event.anchorEnd;
        add({ ...target, at }, "");
        break;
      }
      case EVENT_ID.POP: {
        const closed = open.pop();
        if (!closed) return { root, anchors: names }; // end of the first document
        close(closed);
        break;
      }
    }
  }
  return { root, anchors: names };
}

/** The start of a scalar, including its opening quote or block header, which the range of its value omits. */
function startOf({ style, valueStart }: ScalarEvent, text: string): number {
  switch (style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return valueStart - 1;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK: {
      const end = text.startsWith("\r\n", valueStart - 2) ? valueStart - 2 : valueStart - 1;
      const start = lineStartOf(text, end);
      return headerOf(text, start, end) ?? valueStart;
    }
    default:
      return valueStart;
  }
}

/**
 * Offset of a block header (`|` or `>` with indicators and an optional comment) in a line that ends with it. The text
 * before it and the comment may contain the same characters.
 */
function headerOf(text: string, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) {
    if (text[at] !== "|" && text[at] !== ">") continue;
    let behind = at + 1;
    while (behind < end && /[-+0-9]/.test(text[behind]!)) behind++;
    while (behind < end && (text[behind] === " " || text[behind] === "\t")) behind++;
    if (behind === end || text[behind] === "#") return at;
    at = behind - 1;
  }
  return undefined;
}

/** Keys and values alternate in `children`. */
function mappingOf(
  children: readonly Sized[],
  at: number,
  source: YamlSource,
  strict: boolean,
): YamlMapping {
  const entries: YamlEntry[] = [];
  for (let i = 0; i + 1 < children.length; i += 2) {
    const key = children[i]!.node;
    if (key.kind !== "scalar") {
      throw new YamlError(source, key.at, "A key must be a plain text", { detail: "yaml_key" });
    }
    entries.push({ key, value: children[i + 1]!.node });
  }
  return { kind: "mapping", at, entries: mergeEntries(entries, source, strict ? "refuse" : "drop") };
}
