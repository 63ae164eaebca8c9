import { decodeUtf8 } from "../formats/bytes.ts";
import type { LineWriter } from "../formats/json/line_writer.ts";
import type { Digest } from "../signing/mod.ts";

/** Digests that are kept as bytes: as texts, two hundred thousand of them are moved over and over to collect garbage. */
export class DigestColumn {
  #bytes = new Uint8Array(FEW * SIZE);
  #size = 0;

  add(digest: Digest): void {
    let at = this.#size;
    if (at === this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    bytes[at++] = QUOTE;
    for (let i = 0; i < DIGITS; i++) bytes[at++] = digest.charCodeAt(i);
    bytes[at++] = QUOTE;
    this.#size = at;
  }

  at(place: number): Digest {
    const from = place * SIZE + 1;
    return decodeUtf8(this.#bytes.subarray(from, from + DIGITS)) as Digest;
  }

  /** Write a digest into the open line, with its quotes. */
  write(lines: LineWriter, place: number): void {
    lines.part(this.#bytes, place * SIZE, (place + 1) * SIZE);
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#bytes.length);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Digits of a digest, and its bytes in a line. */
const DIGITS = 64;
const SIZE = DIGITS + 2;

/** Most conversations have few calls, and a log may have thousands of conversations. */
const FEW = 8;

const QUOTE = 0x22;
