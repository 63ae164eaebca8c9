import { isNullScalar, scalarText, type YamlNode } from "../../formats/yaml/mod.ts";
import { stringAt } from "./string_value.ts";
import { KIND, type Tokens } from "./tokens.ts";

/**
 * A value in a source file, read lazily: nested members are read only on request, so the work stays linear although
 * every object of a file is examined.
 */
export interface Value {
  readonly kind: "text" | "name" | "object" | "list" | "call" | "other";
  /** The text, or the name (`a`, `a.b`); for a call, the callee. */
  readonly text: string;
  /** Line where it begins, from 1. */
  readonly line: number;
  /** Members of an object, or the keyword arguments of a Python call. */
  readonly members: () => readonly Member[];
  /** Items of a list, or the positional arguments of a call. */
  readonly items: () => readonly Value[];
}

/** One member of an object, or a keyword argument. */
export interface Member {
  readonly key: string;
  readonly line: number;
  readonly value: Value;
}

/** The value of a member; the last one of duplicates counts, as in the languages themselves. */
export function memberOf(value: Value, key: string): Value | undefined {
  return value.members().findLast((member) => member.key === key)?.value;
}

/** The text of a member, if it is a plain string. */
export function textOf(value: Value, key: string): string | undefined {
  const member = memberOf(value, key);
  return member?.kind === "text" ? member.text : undefined;
}

const none = () => [];

/** The value in the tokens from `start` on, before `end`. */
export function valueIn(tokens: Tokens, start: number, end: number): Value {
  let [from, to] = [start, end];
  const line = tokens.lineOf(tokens.start(from));
  const plain = (kind: Value["kind"], text: string): Value => ({
    kind,
    text,
    line,
    members: none,
    items: none,
  });
  while (tokens.is(from, "(") && tokens.partner(from) === to - 1) [from, to] = [from + 1, to - 1];
  while (to - from > 1 && (tokens.isName(from, "await") || tokens.isName(from, "new"))) from++;
  if (tokens.is(from, "{") && closesAt(tokens, from, to)) {
    return { ...plain("object", ""), members: () => membersIn(tokens, from, ":") };
  }
  if (tokens.is(from, "[") && closesAt(tokens, from, to)) {
    return { ...plain("list", ""), items: () => itemsIn(tokens, from, ":") };
  }
  const text = textIn(tokens, from, to);
  if (text !== undefined) return plain("text", text);
  const dotted = dottedName(tokens, from, to);
  if (dotted.end === to) return plain("name", dotted.name);
  const open = skipTypeArguments(tokens, dotted.end, to);
  if (dotted.name !== "" && tokens.is(open, "(") && closesAt(tokens, open, to)) {
    return callAt(tokens, dotted.name, open, line);
  }
  return plain("other", "");
}

/** A call whose arguments begin with the bracket at `open`. */
export function callAt(tokens: Tokens, callee: string, open: number, line: number): Value {
  return {
    kind: "call",
    text: callee,
    line,
    members: () => membersIn(tokens, open, "="),
    items: () => itemsIn(tokens, open, "="),
  };
}

/** Whether the bracket at `open` spans the tokens, apart from a suffix such as `as const`. */
function closesAt(tokens: Tokens, open: number, end: number): boolean {
  const behind = tokens.partner(open) + 1;
  return behind >= end || tokens.isName(behind, "as") || tokens.isName(behind, "satisfies");
}

/** Adjacent string literals are concatenated in Python. */
function textIn(tokens: Tokens, start: number, end: number): string | undefined {
  let to = end;
  for (let i = start; i < to; i++) {
    if (tokens.isName(i, "as") && i > start) to = i;
    else if (tokens.kind(i) !== KIND.string) return undefined;
  }
  if (to === start) return undefined;
  let text = "";
  for (let i = start; i < to; i++) text += stringAt(tokens, i);
  return text;
}

/** The dotted name `a.b.c` at a token, and where it ends. */
export function dottedName(
  tokens: Tokens,
  start: number,
  end: number,
): { readonly name: string; readonly end: number } {
  let name = tokens.nameAt(start);
  if (name === "") return { name, end: start };
  let i = start + 1;
  while (i + 1 < end && tokens.is(i, ".") && tokens.kind(i + 1) === KIND.name && name.length < MAX_NAME) {
    name += `.${tokens.textOf(i + 1)}`;
    i += 2;
  }
  return { name, end: i };
}

/** The longest chain of names that is read. */
const MAX_NAME = 400;
/** The longest type arguments that are skipped. */
const MAX_TYPE_TOKENS = 64;

/** The index after `<T, U>`, or the same index. */
export function skipTypeArguments(tokens: Tokens, start: number, end: number): number {
  if (!tokens.is(start, "<")) return start;
  let depth = 0;
  for (let i = start; i < Math.min(end, start + MAX_TYPE_TOKENS); i++) {
    if (tokens.isOpening(i)) i = tokens.partner(i);
    else if (tokens.is(i, "<")) depth++;
    else if (tokens.is(i, ">") && --depth === 0) return i + 1;
  }
  return start;
}

/** The comma-separated parts in the brackets that open at `open`, as first token and end. */
function* partsIn(tokens: Tokens, open: number): Generator<readonly [number, number]> {
  const end = tokens.partner(open);
  let start = open + 1;
  for (let i = start; i < end; i++) {
    if (tokens.isOpening(i)) i = tokens.partner(i);
    else if (tokens.is(i, ",") || tokens.is(i, ";")) {
      if (i > start) yield [start, i];
      start = i + 1;
    }
  }
  if (end > start) yield [start, end];
}

function membersIn(tokens: Tokens, open: number, mark: ":" | "="): Member[] {
  const members: Member[] = [];
  for (const [start, end] of partsIn(tokens, open)) {
    const key = keyAt(tokens, start);
    if (key === undefined) continue;
    const line = tokens.lineOf(tokens.start(start));
    if (tokens.is(start + 1, mark) && end > start + 2) {
      if (mark === "=" && tokens.is(start + 2, "=")) continue; // a comparison
      members.push({ key, line, value: valueIn(tokens, start + 2, end) });
    } else if (mark === ":" && tokens.kind(start) === KIND.name && end === start + 1) {
      members.push({ key, line, value: valueIn(tokens, start, end) });
    }
  }
  return members;
}

function keyAt(tokens: Tokens, i: number): string | undefined {
  if (tokens.kind(i) === KIND.name) return tokens.textOf(i);
  return tokens.kind(i) === KIND.string ? stringAt(tokens, i) : undefined;
}

function itemsIn(tokens: Tokens, open: number, mark: ":" | "="): Value[] {
  const items: Value[] = [];
  for (const [start, end] of partsIn(tokens, open)) {
    const named = mark === "=" && tokens.kind(start) === KIND.name && tokens.is(start + 1, "=") &&
      !tokens.is(start + 2, "=") && !tokens.is(start + 2, ">");
    if (!named) items.push(valueIn(tokens, start, end));
  }
  return items;
}

/** A node of YAML as a value. */
export function valueOfNode(node: YamlNode, lineOf: (offset: number) => number): Value {
  const at = lineOf(node.at);
  switch (node.kind) {
    case "scalar":
      return { kind: "text", text: keyText(node), line: at, members: none, items: none };
    case "sequence":
      return {
        kind: "list",
        text: "",
        line: at,
        members: none,
        items: () => node.items.map((item) => valueOfNode(item, lineOf)),
      };
    case "mapping":
      return {
        kind: "object",
        text: "",
        line: at,
        members: () =>
          node.entries.map(({ key, value }) => ({
            key: keyText(key),
            line: lineOf(key.at),
            value: valueOfNode(value, lineOf),
          })),
        items: none,
      };
  }
}

/** The text of a scalar as a key (docs/spec/scout.md section 1). */
function keyText(node: Extract<YamlNode, { kind: "scalar" }>): string {
  return isNullScalar(node) ? (node.text === "" ? "" : "null") : scalarText(node);
}
