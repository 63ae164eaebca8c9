import { concat } from "../../../../formats/bytes.ts";
import { type Digest, type Hasher, sha256 } from "../../../../signing/digest.ts";

/*
 * Replaces lib/signing/bulk_digest.ts in the page, where `node:crypto` is missing. Entries have at most 100 MiB, so a
 * stream can be buffered.
 */

export const bulkHasher: Hasher = sha256;

export async function digestOfStream(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return await sha256(concat(parts));
}
