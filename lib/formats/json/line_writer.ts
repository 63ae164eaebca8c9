import { utf8 } from "../bytes.ts";
import { hasManyBrackets } from "./read.ts";

/** Collects lines and gives them away as pieces of bytes, so that all lines are never held together. */
export class LineWriter {
  #pending: string[] = [];
  #size = 0;
  #longest = 0;
  #mayBeDeep = false;

  add(line: string): void {
    this.#pending.push(line, "\n");
    this.#size += line.length + 1;
    if (line.length > this.#longest) this.#longest = line.length;
    this.#mayBeDeep ||= hasManyBrackets(line);
  }

  /** Whether enough lines wait to make a piece of them. */
  get isFull(): boolean {
    return this.#size > PIECE;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Most characters of a line so far. */
  get longest(): number {
    return this.#longest;
  }

  /** Whether a line could be nested as deep as a document may be. */
  get mayBeDeep(): boolean {
    return this.#mayBeDeep;
  }

  /** The lines that wait, each with its end. */
  take(): Uint8Array<ArrayBuffer> {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#size = 0;
    return utf8(text);
  }
}

/** Characters of lines that are encoded together; bytes outside of the heap wait long to be collected. */
const PIECE = 1 << 16;
