import { invalidInput } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { decode } from "../../schema/fields.ts";
import { encryptedArtifactSchema, GUARD_SCHEMA_ID } from "../../schema/guard.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import type * as v from "valibot";
import { ALGORITHM, NONCE_BYTES } from "./sealed_file.ts";
import { decodeUtf8, fromBase64 } from "../../formats/bytes.ts";

/** The members of an encrypted artifact other than its ciphertext. */
export type ArtifactHead = v.InferOutput<typeof encryptedArtifactSchema>;

/** The position of the ciphertext in an artifact's file. */
export interface CiphertextPlace {
  /** Offsets of the text between the quotes. */
  readonly start: number;
  readonly end: number;
  /** Whether it contains escape sequences, such as those of line ends. */
  readonly escaped: boolean;
}

/** The members of an artifact and the position of its ciphertext. */
export interface ScannedArtifact {
  readonly head: ArtifactHead;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly place: CiphertextPlace;
}

/** Limit for all members other than the ciphertext, which take a few hundred bytes. */
const HEAD_BYTES = 65_536;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Read all members of an encrypted artifact except its ciphertext, which may be larger than memory
 * (docs/spec/guard.md section 7). The members may come in any order.
 *
 * @throws {GaitError} `invalid_input` if it is malformed, has an unknown or duplicate member, or is of another kind
 */
export async function scanArtifact(
  pieces: AsyncIterable<Uint8Array>,
  what: string,
): Promise<ScannedArtifact> {
  const scanner = new Scanner(what);
  for await (const piece of pieces) scanner.push(piece);
  const { head: text, place } = scanner.end();
  const head = decode(
    encryptedArtifactSchema,
    readJsonObject(text, { what, duplicates: "refuse", numbers: "exact" }),
    what,
  );
  if (head.schema_id !== GUARD_SCHEMA_ID.encrypted || head.schema_version !== RECORD_VERSION) {
    throw malformed(what, `it is "${head.schema_id}" ${head.schema_version}`);
  }
  if (head.algorithm !== ALGORITHM) throw malformed(what, `its algorithm is "${head.algorithm}"`);
  if (place === undefined) throw malformed(what, "it has no ciphertext");
  const nonce = fromBase64(head.nonce.replace(/[\r\n]/g, ""));
  if (nonce?.length !== NONCE_BYTES) throw malformed(what, `its nonce does not have ${NONCE_BYTES} bytes`);
  return { head, nonce, place };
}

/** The error for a file that is not an encrypted artifact. */
export function malformed(what: string, reason: string) {
  return invalidInput(`Cannot decrypt ${what}: ${reason}`, {
    hint: "Give a file that gait guard encrypt wrote, unchanged",
  });
}

/** Copies a JSON document without the value of the first top-level `ciphertext` member. */
class Scanner {
  readonly #what: string;
  #head = new Uint8Array(1024);
  #size = 0;
  #offset = 0;
  #depth = 0;
  #inText = false;
  #afterBackslash = false;
  /** Offset in the head of the string that is being read, or was read last. */
  #textStart = 0;
  #lastText = "";
  /** The key whose value comes next. */
  #key = "";
  #start: number | undefined;
  #end: number | undefined;
  #escaped = false;

  constructor(what: string) {
    this.#what = what;
  }

  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      at = this.#start !== undefined && this.#end === undefined
        ? this.#skipCiphertext(piece, at)
        : this.#copy(piece, at);
    }
    this.#offset += piece.length;
  }

  end(): { head: Uint8Array; place: CiphertextPlace | undefined } {
    const place = this.#start === undefined || this.#end === undefined
      ? undefined
      : { start: this.#start, end: this.#end, escaped: this.#escaped };
    return { head: this.#head.subarray(0, this.#size), place };
  }

  /** Skip to the quote that ends the ciphertext. `indexOf` does the search, so this is cheap. */
  #skipCiphertext(piece: Uint8Array, from: number): number {
    let at = from;
    if (this.#afterBackslash) {
      this.#afterBackslash = false;
      at++;
    }
    let quote = piece.indexOf(QUOTE, at);
    for (;;) {
      // Searched again only past an escaped quote: one search per backslash would be quadratic.
      if (quote >= 0 && quote < at) quote = piece.indexOf(QUOTE, at);
      const stop = quote < 0 ? piece.length : quote;
      const backslash = piece.subarray(at, stop).indexOf(BACKSLASH);
      if (backslash < 0) {
        if (quote < 0) return piece.length;
        this.#end = this.#offset + quote;
        return quote; // the quote itself is copied
      }
      this.#escaped = true;
      at += backslash + 2;
      if (at > piece.length) {
        this.#afterBackslash = true;
        return piece.length;
      }
    }
  }

  #copy(piece: Uint8Array, at: number): number {
    const byte = piece[at]!;
    this.#append(byte);
    if (this.#inText) {
      if (this.#afterBackslash) this.#afterBackslash = false;
      else if (byte === BACKSLASH) this.#afterBackslash = true;
      else if (byte === QUOTE) {
        this.#inText = false;
        this.#lastText = this.#depth === 1 ? this.#textSince(this.#textStart) : "";
      }
      return at + 1;
    }
    switch (byte) {
      case QUOTE:
        this.#inText = true;
        this.#textStart = this.#size;
        if (this.#depth === 1 && this.#key === "ciphertext" && this.#start === undefined) {
          this.#start = this.#offset + at + 1;
        }
        break;
      case 0x7b: // {
      case 0x5b: // [
        this.#depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        this.#depth--;
        break;
      case 0x3a: // :
        if (this.#depth === 1) this.#key = this.#lastText;
        break;
      case 0x2c: // ,
        if (this.#depth === 1) this.#key = this.#lastText = "";
        break;
    }
    return at + 1;
  }

  #textSince(start: number): string {
    // The keys of interest are short, so longer strings are not kept.
    return this.#size - start > 64 ? "" : decodeUtf8(this.#head.subarray(start, this.#size - 1));
  }

  #append(byte: number): void {
    if (this.#size === HEAD_BYTES) {
      throw malformed(this.#what, `it has more than ${HEAD_BYTES} bytes in addition to its ciphertext`);
    }
    if (this.#size === this.#head.length) {
      const grown = new Uint8Array(this.#head.length * 2);
      grown.set(this.#head);
      this.#head = grown;
    }
    this.#head[this.#size++] = byte;
  }
}
