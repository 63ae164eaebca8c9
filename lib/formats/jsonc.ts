import { invalidInput } from "../errors/mod.ts";

/*
 * JSON with comments and trailing commas, as editors write their settings, read with the place of every value: so that
 * single values can be replaced and everything else stays as its author wrote it.
 */

/** A value and where it stands. */
export interface JsoncNode {
  readonly kind: "object" | "list" | "string" | "other";
  /** Offsets in the text: of the first character, and behind the last one. */
  readonly start: number;
  readonly end: number;
  /** The value of a string, number, word. */
  readonly value?: unknown;
  /** The members of an object, in order. */
  readonly members?: readonly JsoncMember[];
  readonly items?: readonly JsoncNode[];
}

/** A member of an object. */
export interface JsoncMember {
  /** Offset of its name. */
  readonly start: number;
  readonly name: string;
  readonly node: JsoncNode;
}

const MAX_DEPTH = 100;

/**
 * Read a document.
 *
 * @throws {GaitError} `invalid_input` when it is malformed, too deep, or an object has a name twice
 */
export function parseJsonc(text: string, what: string): JsoncNode {
  return new Reader(text, what).document();
}

/** The member of an object; `undefined` if there is none. */
export function memberOf(node: JsoncNode | undefined, name: string): JsoncNode | undefined {
  return node?.members?.find((member) => member.name === name)?.node;
}

/** The plain value of a node. */
export function plainValue(node: JsoncNode): unknown {
  if (node.members) return Object.fromEntries(node.members.map(({ name, node }) => [name, plainValue(node)]));
  return node.items ? node.items.map(plainValue) : node.value;
}

/** A replacement of a part of a text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with parts replaced, which must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let edited = "";
  let at = 0;
  for (const { start, end, text: part } of [...edits].sort((a, b) => a.start - b.start)) {
    edited += text.slice(at, start) + part;
    at = end;
  }
  return edited + text.slice(at);
}

const BLANK = /[ \t\r\n\ufeff]/;
const LITERAL = /[-+.0-9A-Za-z]/;
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class Reader {
  readonly #text: string;
  readonly #what: string;
  #at = 0;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
  }

  document(): JsoncNode {
    const node = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#fault("something stands behind the document");
    return node;
  }

  #value(depth: number): JsoncNode {
    this.#skip();
    const start = this.#at;
    switch (this.#text[start]) {
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#list(depth + 1);
      case '"':
        return { kind: "string", start, value: this.#string(), end: this.#at };
      default:
        return { kind: "other", start, value: this.#literal(), end: this.#at };
    }
  }

  #object(depth: number): JsoncNode {
    const open = this.#open(depth);
    const members: JsoncMember[] = [];
    const names = new Set<string>();
    while (!this.#closes("}", members.length)) {
      const start = this.#at;
      if (this.#text[start] !== '"') throw this.#fault("a name in double quotes is expected");
      const name = this.#string();
      if (names.has(name)) throw this.#fault(`"${name}" occurs twice in one object`);
      names.add(name);
      this.#skip();
      if (this.#text[this.#at] !== ":") throw this.#fault("a colon is expected");
      this.#at++;
      members.push({ start, name, node: this.#value(depth) });
    }
    return { kind: "object", start: open, end: this.#at, members };
  }

  #list(depth: number): JsoncNode {
    const start = this.#open(depth);
    const items: JsoncNode[] = [];
    while (!this.#closes("]", items.length)) items.push(this.#value(depth));
    return { kind: "list", start, end: this.#at, items };
  }

  #open(depth: number): number {
    if (depth > MAX_DEPTH) throw this.#fault("it is nested too deeply");
    return this.#at++;
  }

  /** Whether an object or list ends here; else steps over the comma before the next part. */
  #closes(bracket: string, parts: number): boolean {
    this.#skip();
    if (parts > 0 && this.#text[this.#at] === ",") {
      this.#at++;
      this.#skip();
    } else if (parts > 0 && this.#text[this.#at] !== bracket) {
      throw this.#fault(`a comma or ${bracket} is expected`);
    }
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    this.#at++;
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      this.#at = start;
      throw this.#fault("a text is malformed");
    }
  }

  #literal(): unknown {
    const start = this.#at;
    while (this.#at < this.#text.length && LITERAL.test(this.#text[this.#at]!)) this.#at++;
    const word = this.#text.slice(start, this.#at);
    if (Object.hasOwn(WORDS, word)) return WORDS[word];
    if (/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(word)) return Number(word);
    this.#at = start;
    throw this.#fault("a value is expected");
  }

  /** Skip white space and comments. */
  #skip(): void {
    for (;;) {
      while (this.#at < this.#text.length && BLANK.test(this.#text[this.#at]!)) this.#at++;
      const two = this.#text.slice(this.#at, this.#at + 2);
      if (two !== "//" && two !== "/*") return;
      const end = two === "//" ? this.#text.indexOf("\n", this.#at) : this.#text.indexOf("*/", this.#at + 2);
      if (end < 0 && two === "/*") throw this.#fault("a comment has no end");
      this.#at = end < 0 ? this.#text.length : end + (two === "//" ? 1 : 2);
    }
  }

  #fault(reason: string) {
    const before = this.#text.slice(0, this.#at);
    const line = before.split("\n").length;
    const column = this.#at - before.lastIndexOf("\n");
    return invalidInput(`Cannot read ${this.#what}: line ${line}, column ${column}: ${reason}`, {
      hint: "Repair it there; nothing was changed",
    });
  }
}
