import { concat } from "../formats/bytes.ts";

/**
 * How many bytes beyond the limit are read and dropped, so that the client receives the answer instead of a broken
 * pipe.
 */
const DRAINED = 1 << 20;

/**
 * Read a body of at most `limit` bytes. The bytes are counted as they arrive, because `Content-Length` proves
 * nothing.
 *
 * @returns `undefined` when the body is larger
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size <= limit) parts.push(part);
    else parts.length = 0;
    if (size > limit + DRAINED) break;
  }
  return size > limit ? undefined : concat(parts);
}
