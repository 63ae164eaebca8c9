import { canonicalize, type JsonValue } from "../formats/json/mod.ts";
import { hex, utf8 } from "../formats/bytes.ts";
import type { Digest, Hasher } from "./hasher.ts";

export type { Digest, Hasher } from "./hasher.ts";

/** SHA-256 of the empty input. */
export const EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" as Digest;

/** SHA-256 by Web Crypto. */
export async function sha256(input: Uint8Array<ArrayBuffer> | string): Promise<Digest> {
  const bytes = typeof input === "string" ? utf8(input) : input;
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) as Digest;
}

/** SHA-256 of the canonical form of a value: `D(v)` of docs/spec/core.md. */
export async function digestOf(value: JsonValue, hash: Hasher = sha256): Promise<Digest> {
  return await hash(canonicalize(value));
}

/** From this many inputs on, loading `node:crypto` (15 ms) pays: it hashes small inputs ten times faster. */
const BULK = 1000;

/** The cheaper hasher for about `count` small inputs. */
export async function hasherFor(count: number): Promise<Hasher> {
  if (count < BULK) return sha256;
  return (await import("./bulk_digest.ts")).bulkHasher;
}

/** Inputs larger than this are hashed as a stream, so that memory stays flat. */
export const STREAM_BYTES = 8 * 1024 * 1024;

/**
 * SHA-256 of chunks that total `size` bytes; a large input is never held in memory as a whole, and no chunk is kept.
 */
export async function sha256OfChunks(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Digest> {
  if (size > STREAM_BYTES) {
    return await (await import("./bulk_digest.ts")).digestOfStream(chunks);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for await (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return await sha256(whole);
}

/** Whether two hex digests are equal, without regard to case and in constant time (docs/spec/core.md section 1). */
export function equalHex(left: string, right: string): boolean {
  return equalDigests(left.toLowerCase(), right.toLowerCase());
}

/** Whether two digests are equal, case included, in constant time (docs/threat_model.md 34). */
export function equalDigests(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left.charCodeAt(i) ^ right.charCodeAt(i);
  return difference === 0;
}

/** Whether a text is a SHA-256 digest in hex of either case. */
export function isHexDigest(text: string): boolean {
  return /^[0-9a-fA-F]{64}$/.test(text);
}
