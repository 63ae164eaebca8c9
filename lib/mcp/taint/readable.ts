import { decodeUtf8 } from "../../formats/bytes.ts";
import { SHORT_BYTES } from "./scratch.ts";

/** Shorter parts come from bytes that happen to look like text, or hold nothing distinctive. */
const LEAST = 4;

/** What a byte may be: part of no text, a character, the first byte of a longer one (its length), or a later byte. */
const NO_TEXT = 0;
const LATER = 5;
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x80) return (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x09 && byte <= 0x0d) ? 1 : NO_TEXT;
  if (byte < 0xc0) return LATER;
  return byte < 0xc2 ? NO_TEXT : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : NO_TEXT;
});

/**
 * Collects the readable parts of bytes that may be text: runs of printable UTF-8. Zero bytes are skipped, so that
 * UTF-16 of plain letters is read too. Text that was decoded at a wrong offset has no run that long.
 */
class ReadableParts {
  parts: string[] = [];
  readonly #kept: Uint8Array;
  #size = 0;
  /** Where the character begins that is being read, and the bytes that it still needs. */
  #character = 0;
  #missing = 0;

  /** @param limit the most bytes of a part */
  constructor(limit: number) {
    this.#kept = new Uint8Array(limit);
  }

  /** Collect the parts of another text. */
  begin(): void {
    this.parts = [];
    this.#size = this.#missing = 0;
  }

  add(byte: number): void {
    const kind = KINDS[byte]!;
    if (this.#missing > 0) {
      if (kind === LATER) {
        this.#kept[this.#size++] = byte;
        this.#missing--;
        return;
      }
      this.end();
    }
    if (kind === NO_TEXT || kind === LATER) {
      if (byte !== 0 && this.#size > 0) this.end();
      return;
    }
    this.#character = this.#size;
    this.#missing = kind - 1;
    this.#kept[this.#size++] = byte;
  }

  /** End the part here. */
  end(): void {
    const size = this.#missing > 0 ? this.#character : this.#size;
    if (size >= LEAST) this.parts.push(decodeUtf8(this.#kept.subarray(0, size)));
    this.#size = this.#missing = 0;
  }
}

export type { ReadableParts };

/**
 * Collects all short parts, one text after the other. Beside the memory that this saves, the class keeps an object: when a
 * full collection finds none, V8 discards the optimised code of all that works with it, and compiles it again on the core
 * that the next call needs.
 */
const SHORT = new ReadableParts(SHORT_BYTES);

/**
 * Begin to collect; what was collected before must be done with.
 *
 * @param limit the most bytes of a part
 */
export function collectParts(limit: number): ReadableParts {
  if (limit > SHORT_BYTES) return new ReadableParts(limit);
  SHORT.begin();
  return SHORT;
}
