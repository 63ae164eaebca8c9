/** Largest size of a "stored" deflate block in bytes (RFC 1951 section 3.2.4). */
const MAX_STORED = 0xffff;

/**
 * A raw deflate stream of uncompressed blocks, in pieces without copying. The block boundaries are fixed here,
 * because a compressor may choose any, and the bytes of a pack must not depend on the compressor.
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
