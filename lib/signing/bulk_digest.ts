import { createHash } from "node:crypto";
import type { Digest } from "./hasher.ts";

/*
 * SHA-256 by `node:crypto`, for many or large inputs. Loaded only where that pays; the page of `pack export --html`
 * substitutes a module of its own.
 */

/** SHA-256 of a whole input, synchronously. */
export function bulkHasher(input: Uint8Array<ArrayBuffer> | string): Digest {
  return createHash("sha256").update(input).digest("hex") as Digest;
}

/** SHA-256 of a stream; only one chunk at a time is held in memory. */
export async function digestOfStream(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digest = createHash("sha256");
  for await (const chunk of chunks) digest.update(chunk);
  return digest.digest("hex") as Digest;
}
