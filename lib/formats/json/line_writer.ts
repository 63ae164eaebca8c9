import { utf8 } from "../bytes.ts";
import { encodeInto, WIDEST } from "../encode_into.ts";
import { canonicalize, MAX_DEPTH } from "./canonical.ts";

/**
 * Collects lines and gives them away as pieces of bytes, so that all lines are never held together. Lines are written as
 * bytes at once, because a run has hundreds of thousands of parts that would become texts first.
 */
export class LineWriter {
  #bytes = new Uint8Array(ROOM);
  #size = 0;
  /** Where the open line begins. */
  #start = 0;
  #longest = 0;
  #mayBeDeep = false;

  /** Write a text of the open line. */
  text(text: string): void {
    if (text.length > SHORT) return this.bytes(utf8(text));
    this.#reserve(text.length * WIDEST);
    this.#size = encodeInto(text, this.#bytes, this.#size);
  }

  /** Write bytes of the open line. */
  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  /** Write bytes of the open line that stand among others, most of which are few. */
  part(bytes: Uint8Array, from: number, end: number): void {
    if (end - from > FEW) return this.bytes(bytes.subarray(from, end));
    this.#reserve(end - from);
    const into = this.#bytes;
    let at = this.#size;
    while (from < end) into[at++] = bytes[from++]!;
    this.#size = at;
  }

  /** Write the canonical form of a text into the open line. */
  quoted(text: string): void {
    const { length } = text;
    if (length > SHORT) return this.text(canonicalize(text));
    this.#reserve(length + 2);
    const into = this.#bytes;
    let at = this.#size;
    into[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7f || unit === QUOTE || unit === BACKSLASH) {
        return this.text(canonicalize(text));
      }
      into[at++] = unit;
    }
    into[at++] = QUOTE;
    this.#size = at;
  }

  /** End the open line. */
  end(): void {
    const length = this.#size - this.#start;
    if (length > this.#longest) this.#longest = length;
    if (length > MAX_DEPTH) this.#mayBeDeep ||= this.#hasManyBrackets();
    this.#reserve(1);
    this.#bytes[this.#size++] = NEWLINE;
    this.#start = this.#size;
  }

  /** Write a whole line. */
  add(line: string): void {
    this.text(line);
    this.end();
  }

  /** Whether enough lines wait to make a piece of them. */
  get isFull(): boolean {
    return this.#size > PIECE;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Most bytes of a line so far. */
  get longest(): number {
    return this.#longest;
  }

  /** Whether a line could be nested as deep as a document may be. */
  get mayBeDeep(): boolean {
    return this.#mayBeDeep;
  }

  /** The lines that wait, each with its end. They change when the next line is written. */
  take(): Uint8Array<ArrayBuffer> {
    const piece = this.#bytes.subarray(0, this.#size);
    // Memory of a very long line is not kept.
    if (this.#bytes.length > 4 * ROOM) this.#bytes = new Uint8Array(ROOM);
    this.#size = this.#start = 0;
    return piece;
  }

  #hasManyBrackets(): boolean {
    let seen = 0;
    for (let at = this.#start; at < this.#size; at++) {
      const unit = this.#bytes[at]!;
      if ((unit === 0x5b || unit === 0x7b) && ++seen >= MAX_DEPTH) return true;
    }
    return false;
  }

  #reserve(more: number): void {
    const needed = this.#size + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}

/** Bytes of lines that are given away together, and room for them and one more line. */
const PIECE = 1 << 16;
const ROOM = 2 * PIECE;

/** Characters of a text that is written without asking the runtime, and bytes that are copied so. */
const SHORT = 1024;
const FEW = 32;

const [QUOTE, BACKSLASH, NEWLINE] = [0x22, 0x5c, 0x0a];
