/** Largest size of a "stored" deflate block in bytes (RFC 1951 section 3.2.4). */
const MAX_STORED = 0xffff;

/**
 * A raw deflate stream of uncompressed blocks, in pieces without copying. The block boundaries are fixed here,
 * because a compressor may choose any, and the bytes of a pack must not depend on the compressor.
 *
 * @param content in pieces whose boundaries don't matter
 */
export function storedBlocks(content: readonly Uint8Array[]): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let left = content.reduce((sum, piece) => sum + piece.length, 0);
  let room = 0; // of the current block
  const open = () => {
    room = Math.min(left, MAX_STORED);
    left -= room;
    const [low, high] = [room & 0xff, room >> 8];
    blocks.push(Uint8Array.of(left === 0 ? 1 : 0, low, high, low ^ 0xff, high ^ 0xff));
  };
  open();
  for (const piece of content) {
    for (let at = 0; at < piece.length;) {
      if (room === 0) open();
      const part = piece.subarray(at, at + room);
      blocks.push(part);
      at += part.length;
      room -= part.length;
    }
  }
  return blocks;
}

/** Bytes of the stream that {@linkcode storedBlocks} makes of so many. */
export function storedSize(size: number): number {
  return size + BLOCK_HEADER * Math.max(1, Math.ceil(size / MAX_STORED));
}

const BLOCK_HEADER = 5;
