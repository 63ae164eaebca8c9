import { concat } from "../../formats/bytes.ts";

/** One line of a stream: its bytes without the newline, or how long one is that is too long. */
export type Line =
  | { readonly kind: "line"; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: "too_long"; readonly number: number };

const NEWLINE = 0x0a;

/**
 * Split pieces into lines. Of a line that is too long nothing is kept, so a peer that never ends its line costs no
 * memory; the lines behind it are read as usual.
 */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #held = 0;
  #tooLong = false;
  #number = 0;

  constructor(readonly maxLineBytes: number) {}

  /** The lines that a piece completes. */
  *push(piece: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#hold(piece.subarray(start, end));
      yield this.#finish();
      start = end + 1;
    }
    this.#hold(piece.subarray(start));
  }

  /** The last line, when it has no newline. */
  end(): Line | undefined {
    return this.#held > 0 || this.#tooLong ? this.#finish() : undefined;
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#held += part.length;
    if (this.#held > this.maxLineBytes) {
      this.#tooLong = true;
      this.#parts = [];
    } else if (!this.#tooLong) this.#parts.push(part);
  }

  #finish(): Line {
    const number = ++this.#number;
    const line: Line = this.#tooLong
      ? { kind: "too_long", number }
      : { kind: "line", number, bytes: this.#parts.length === 1 ? this.#parts[0]! : concat(this.#parts) };
    this.#parts = [];
    this.#held = 0;
    this.#tooLong = false;
    return line;
  }
}
