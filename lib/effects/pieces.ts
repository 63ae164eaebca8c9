/** The most bytes of one read. */
const SIZE = 65_536;

/** Reads a stream piece by piece. */
export interface PieceReader {
  /** The next piece; nothing at the end. Throws what the stream throws. */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Discard the rest. */
  cancel(): Promise<void>;
}

/**
 * Read a stream of bytes into one buffer, again and again: each piece is a copy that is as large as what came. A reader
 * without a buffer of its own takes a fresh one of 64 KiB for every read, however short the message in it, and a
 * message that is kept would keep all of it.
 */
export function pieceReader(stream: ReadableStream<Uint8Array>): PieceReader {
  const reader = stream.getReader({ mode: "byob" });
  let buffer = new Uint8Array(SIZE);
  return {
    async next() {
      const { value, done } = await reader.read(buffer);
      if (done || value === undefined) return undefined;
      const piece = value.slice();
      buffer = new Uint8Array(value.buffer);
      return piece;
    },
    cancel: () => reader.cancel(),
  };
}
