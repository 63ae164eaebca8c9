import { concat, utf8 } from "../formats/bytes.ts";
import { type Digest, EMPTY_DIGEST, type Hasher } from "./digest.ts";

/*
 * Lines of a log that are chained: each names the running digest of all lines before it, so whoever changes, removes,
 * inserts or reorders lines breaks what a later line names (docs/spec/sessions.md 2, docs/spec/job.md 2.5).
 */

/** The running digest before the first line. */
export const FIRST_DIGEST: Digest = EMPTY_DIGEST;

/** Length of a digest in hex. */
const LENGTH = 64;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();

/** The running digest after a line: SHA-256 of the previous digest in hex, a newline, and the line. */
export function nextDigest(before: string, line: Uint8Array, hash: Hasher): Digest | Promise<Digest> {
  const input = new Uint8Array(LENGTH + 1 + line.length);
  const { read, written } = encoder.encodeInto(before, input.subarray(0, LENGTH));
  // What a file names as a digest may be any text.
  if (read !== before.length || written !== LENGTH) return hash(concat([utf8(before + "\n"), line]));
  input[LENGTH] = NEWLINE;
  input.set(line, LENGTH + 1);
  return hash(input);
}

/** A line without surrounding white space. */
export function trimLine(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let [start, end] = [0, bytes.length];
  while (start < end && isSpace(bytes[start]!)) start++;
  while (end > start && isSpace(bytes[end - 1]!)) end--;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
