import { createDecipheriv, createHash } from "node:crypto";
import { concat, utf8 } from "../../formats/bytes.ts";
import { fromBase64Bulk } from "../../formats/base64_bulk.ts";
import { invalidInput } from "../../errors/mod.ts";
import { equalHex } from "../../signing/mod.ts";
import { type CiphertextPlace, malformed, type ScannedArtifact } from "./scan.ts";
import { ALGORITHM, MAX_PLAIN_BYTES, type PlainFacts, TAG_BYTES } from "./sealed_file.ts";

/**
 * Decrypt an artifact as a stream. No chunk may be trusted before the last one arrives: the tag, the digest and the
 * size are checked only then.
 *
 * @param pieces the artifact's file from start to end
 * @param done called with digest and size once all checks passed
 * @throws {GaitError} `invalid_input` for a wrong key or a modified artifact
 */
export async function* openParts(
  pieces: AsyncIterable<Uint8Array>,
  { head, nonce, place }: ScannedArtifact,
  key: Uint8Array<ArrayBuffer>,
  what: string,
  done: (facts: PlainFacts) => void,
): AsyncGenerator<Uint8Array> {
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  const digest = createHash("sha256");
  let size = 0;
  const count = (plain: Uint8Array): Uint8Array => {
    digest.update(plain);
    size += plain.length;
    return plain;
  };
  let held = new Uint8Array() as Uint8Array; // the end is the tag
  for await (const sealed of ciphertext(pieces, place, what)) {
    const known = concat([held, sealed]);
    const ready = Math.max(0, known.length - TAG_BYTES);
    if (size + ready > MAX_PLAIN_BYTES) throw malformed(what, "its ciphertext is too long");
    if (ready > 0) yield count(decipher.update(known.subarray(0, ready)));
    held = known.subarray(ready);
  }
  if (held.length !== TAG_BYTES) throw malformed(what, "its ciphertext is too short");
  try {
    decipher.setAuthTag(held);
    count(decipher.final());
  } catch (cause) {
    throw invalidInput(`Cannot decrypt ${what}: the key is wrong, or the file was modified`, {
      hint: "Give the key that it was encrypted with; nothing was written",
      cause,
    });
  }
  const sha256 = digest.digest("hex");
  if (head.plain_sha256 !== "" && !equalHex(head.plain_sha256, sha256)) {
    throw malformed(what, "its content does not match its digest");
  }
  if (typeof head.plain_size === "number" && head.plain_size !== size) {
    throw malformed(what, "its content does not match its size");
  }
  done({ sha256, size });
}

/** Decode the ciphertext from the base64 text between two offsets of the file. */
async function* ciphertext(
  pieces: AsyncIterable<Uint8Array>,
  place: CiphertextPlace,
  what: string,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("latin1");
  let carried = new Uint8Array() as Uint8Array;
  let ended = false;
  for await (const text of textBetween(pieces, place)) {
    const plain = place.escaped ? withoutEscapes(text, what) : text;
    const known = carried.length === 0 ? plain : concat([carried, plain]);
    const whole = known.length - known.length % 4;
    carried = known.slice(whole);
    if (whole === 0) continue;
    const bytes: Uint8Array | undefined = ended
      ? undefined
      : fromBase64Bulk(decoder.decode(known.subarray(0, whole)));
    if (bytes === undefined) throw malformed(what, "its ciphertext is not base64");
    ended = bytes.length < whole / 4 * 3; // padding, which must come last
    yield bytes;
  }
  if (carried.length > 0) throw malformed(what, "its ciphertext is not base64");
}

/** The bytes between the offsets, in chunks that never split an escape sequence. */
async function* textBetween(
  pieces: AsyncIterable<Uint8Array>,
  { start, end, escaped }: CiphertextPlace,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let cut = new Uint8Array() as Uint8Array;
  for await (const piece of pieces) {
    const [from, to] = [Math.max(start - offset, 0), Math.min(end - offset, piece.length)];
    offset += piece.length;
    if (from >= to) continue;
    const text = cut.length === 0 ? piece.subarray(from, to) : concat([cut, piece.subarray(from, to)]);
    const whole = escaped && offset < end ? wholeEscapes(text) : text.length;
    if (whole > 0) yield text.subarray(0, whole);
    cut = text.slice(whole);
  }
  if (cut.length > 0) yield cut;
}

/** The longest escape, `\u000a`, has 6 bytes. */
function wholeEscapes(text: Uint8Array): number {
  const from = Math.max(0, text.length - 6);
  for (let at = from; at < text.length; at++) {
    if (text[at] !== 0x5c) continue;
    const length = text[at + 1] === 0x75 ? 6 : 2;
    if (at + length > text.length) return at;
    at += length - 1;
  }
  return text.length;
}

/**
 * Line ends are skipped (docs/spec/guard.md section 7); the only other escapes that are valid here are those of `/`
 * and of letters.
 */
function withoutEscapes(text: Uint8Array, what: string): Uint8Array {
  try {
    const spelled: string = JSON.parse(`"${new TextDecoder("latin1").decode(text)}"`);
    return utf8(spelled.replace(/[\r\n]/g, ""));
  } catch (cause) {
    throw Object.assign(malformed(what, "its ciphertext is not base64"), { cause });
  }
}
