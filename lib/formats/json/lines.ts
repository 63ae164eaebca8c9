import { invalidInput } from "../../errors/mod.ts";
import { concat, decodeUtf8, utf8 } from "../bytes.ts";
import { canonicalize } from "./canonical.ts";
import { readJson, type ReadJsonOptions } from "./read.ts";
import type { JsonValue } from "./value.ts";

/** Longest line of a JSONL file, in bytes (docs/spec/core.md 1.1). */
export const MAX_LINE_BYTES = 10 * 1024 * 1024;

/** One document of a JSONL file with its line number, from 1. */
export interface JsonLine {
  readonly line: number;
  readonly value: JsonValue;
}

/**
 * Read JSON documents, one per line; blank lines are skipped.
 *
 * @throws {GaitError} `invalid_input`, naming the line, when one is too long or no JSON document
 */
export function* readJsonLines(
  bytes: Uint8Array,
  what: string,
  options: Omit<ReadJsonOptions, "what"> = {},
): Generator<JsonLine> {
  if (bytes.length > AT_ONCE) {
    const lines = new JsonLineSplitter(what, options);
    yield* lines.push(bytes);
    yield* lines.end();
    return;
  }
  const text = decodeUtf8(bytes);
  for (let [line, start] = [1, 0]; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const document = end === start ? "" : text.slice(start, end);
    start = end + 1;
    if (document !== "" && document.trim() !== "") {
      yield { line, value: readJson(document, { ...options, what, line }) };
    }
  }
}

/** Files up to this size in bytes are decoded at once, which is faster than line by line. */
const AT_ONCE = 1024 * 1024;

/** Like {@linkcode readJsonLines}, for chunks; buffers one chunk and an incomplete line. */
export async function* readJsonLinesOf(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  options: Omit<ReadJsonOptions, "what"> = {},
): AsyncGenerator<JsonLine> {
  const lines = new JsonLineSplitter(what, options);
  for await (const chunk of chunks) yield* lines.push(chunk);
  yield* lines.end();
}

/** Splits chunks into the documents of their lines; buffers one chunk and an incomplete line. */
export class JsonLineSplitter {
  readonly #what: string;
  readonly #options: Omit<ReadJsonOptions, "what">;
  /** Number of the current line, and its incomplete content. */
  protected line = 1;
  #open: Uint8Array[] = [];
  #held = 0;

  constructor(what: string, options: Omit<ReadJsonOptions, "what">) {
    this.#what = what;
    this.#options = options;
  }

  *push(chunk: Uint8Array): Generator<JsonLine> {
    for (let at = 0; at < chunk.length;) {
      if (this.#held === 0) {
        // Whole lines are decoded together, because decoding each costs more than its text.
        const end = chunk.subarray(at, at + MAX_WHOLE).lastIndexOf(NEWLINE);
        if (end > 0) {
          const lines = chunk.subarray(at, at + end);
          yield* this.whole(decodeUtf8(lines), lines);
          at += end + 1;
          continue;
        }
      }
      const start = this.#held === 0 ? this.#skipBlankLines(chunk, at) : at;
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      this.#held += end - start;
      if (this.#held > MAX_LINE_BYTES) {
        throw invalidInput(`Cannot read ${this.#what}: line ${this.line} is longer than 10 MiB`);
      }
      // The rest of a line outlives its chunk, which belongs to the caller.
      if (end > start) this.#open.push(newline < 0 ? chunk.slice(start, end) : chunk.subarray(start, end));
      if (newline < 0) return;
      const document = this.#take();
      if (document) yield document;
      at = newline + 1;
      this.line++;
    }
  }

  /** The documents of a text of whole lines, without the last line break; the bytes are those of the text. */
  protected *whole(text: string, _bytes: Uint8Array): Generator<JsonLine> {
    for (let start = 0; start <= text.length; this.line++) {
      const newline = text.indexOf("\n", start);
      const end = newline < 0 ? text.length : newline;
      const document = end === start ? "" : text.slice(start, end);
      start = end + 1;
      const read = this.read(document);
      if (read !== undefined) yield read;
    }
  }

  /** The document of the current line, unless it is blank. */
  protected read(document: string): JsonLine | undefined {
    if (document === "" || document.trim() === "") return undefined;
    const { line } = this;
    return { line, value: readJson(document, { ...this.#options, what: this.#what, line }) };
  }

  /** The last line, unless it is blank. */
  *end(): Generator<JsonLine> {
    const document = this.#take();
    if (document) yield document;
  }

  /** The document of the current line, unless it is blank. */
  #take(): JsonLine | undefined {
    if (this.#held === 0) return undefined;
    const bytes = this.#open.length === 1 ? this.#open[0]! : concat(this.#open);
    this.#open = [];
    this.#held = 0;
    return this.read(decodeUtf8(bytes));
  }

  /**
   * Offset of the first line that is not blank or is incomplete. Ninety million blank lines compress to 0.1 MB, so
   * skipping one must cost no more than reading its bytes.
   */
  #skipBlankLines(chunk: Uint8Array, from: number): number {
    let start = from;
    for (let at = from; at < chunk.length;) {
      if (chunk[at] === NEWLINE) {
        if (at - start > MAX_LINE_BYTES) break;
        this.line++;
        start = ++at;
        continue;
      }
      const width = blankWidth(chunk, at);
      if (width === 0) break;
      at += width;
    }
    return start;
  }
}

const NEWLINE = 0x0a;

/** Most bytes of whole lines that are decoded together. */
export const MAX_WHOLE = 256 * 1024;

/**
 * Byte length of the white space character, as defined by `trim()`, at an offset; 0 if there is none or it is
 * incomplete.
 */
function blankWidth(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first <= 0x20) return first === 0x20 || first >= 0x09 && first <= 0x0d ? 1 : 0;
  const [second = 0, third = 0] = [bytes[at + 1], bytes[at + 2]];
  switch (first) {
    case 0xc2:
      return second === 0xa0 ? 2 : 0;
    case 0xe1:
      return second === 0x9a && third === 0x80 ? 3 : 0;
    case 0xe2: {
      const space = second === 0x80 &&
          (third >= 0x80 && third <= 0x8a || third === 0xa8 || third === 0xa9 || third === 0xaf) ||
        second === 0x81 && third === 0x9f;
      return space ? 3 : 0;
    }
    case 0xe3:
      return second === 0x80 && third === 0x80 ? 3 : 0;
    case 0xef:
      return second === 0xbb && third === 0xbf ? 3 : 0;
    default:
      return 0;
  }
}

/** Write documents as canonical JSON, one per line; no documents give no bytes (docs/spec/core.md section 4). */
export function writeJsonLines(values: Iterable<JsonValue>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let pending = "";
  for (const value of values) {
    pending += canonicalize(value) + "\n";
    if (pending.length > 1 << 20) {
      parts.push(utf8(pending));
      pending = "";
    }
  }
  if (pending !== "") parts.push(utf8(pending));
  return concat(parts);
}
