import { createHash, hash } from "node:crypto";
import type { Digest, Hasher } from "./hasher.ts";

/*
 * SHA-256 by `node:crypto`, for many or large inputs. Loaded where that pays only; the page of `pack export --html`
 * puts a module of its own here.
 */

/** SHA-256 at once. */
export const bulkHasher: Hasher = (input) => hash("sha256", input, "hex") as Digest;

/** SHA-256 of a stream, of which one chunk at a time is in memory. */
export async function digestOfStream(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digest = createHash("sha256");
  for await (const chunk of chunks) digest.update(chunk);
  return digest.digest("hex") as Digest;
}
