/** Largest size of a "stored" deflate block in bytes (RFC 1951 section 3.2.4). */
const MAX_STORED = 0xffff;

/**
 * A raw deflate stream of uncompressed blocks, in pieces without copying. The block boundaries are fixed here,
 * because a compressor may choose any, and the bytes of a pack must not depend on the compressor.
 *
 * @param content in pieces whose boundaries don't matter; each is done with when the next one is asked for
 * @param size its number of bytes
 */
export function* storedBlocks(content: Iterable<Uint8Array>, size: number): Generator<Uint8Array> {
  let left = size;
  let room = 0; // of the current block
  const open = () => {
    room = Math.min(left, MAX_STORED);
    left -= room;
    const [low, high] = [room & 0xff, room >> 8];
    return Uint8Array.of(left === 0 ? 1 : 0, low, high, low ^ 0xff, high ^ 0xff);
  };
  yield open();
  for (const piece of content) {
    for (let at = 0; at < piece.length;) {
      if (room === 0) yield open();
      const part = piece.subarray(at, at + room);
      yield part;
      at += part.length;
      room -= part.length;
    }
  }
}

/** Bytes of the stream that {@linkcode storedBlocks} makes of so many. */
export function storedSize(size: number): number {
  return size + BLOCK_HEADER * Math.max(1, Math.ceil(size / MAX_STORED));
}

const BLOCK_HEADER = 5;

/** Number of bytes of content in pieces. */
export function sizeOfPieces(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
