/** Bytes of one deflate block of type "stored" at most (RFC 1951 section 3.2.4). */
const MAX_STORED = 0xffff;

/**
 * A raw deflate stream that holds the bytes as they are, in pieces: none of them is copied. The blocks are cut here,
 * because a compressor is free to cut them anywhere, and the bytes of a pack must not depend on one.
 */
export function storedBlocks(content: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < content.length; at += MAX_STORED) {
    const part = content.subarray(at, at + MAX_STORED);
    const last = at + MAX_STORED >= content.length ? 1 : 0;
    const [low, high] = [part.length & 0xff, part.length >> 8];
    pieces.push(Uint8Array.of(last, low, high, low ^ 0xff, high ^ 0xff), part);
  }
  return pieces;
}
