import { concat } from "../formats/bytes.ts";

/** How much of a body that is too large is read on, so that the client gets the answer instead of a broken pipe. */
const DRAINED = 1 << 20;

/**
 * A whole body of at most `limit` bytes, counted as they come: what a header says of the length proves nothing.
 *
 * @returns `undefined` when there are more
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
