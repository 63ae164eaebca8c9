import { type Deflated, writeEntries } from "./entries.ts";
import { localHeaderSize } from "./form.ts";

/**
 * Compress content that is made piece by piece, so that it is never held as a whole. An entry may list the digest of
 * another that stands behind it in the archive: that one is compressed first, and put into its place later.
 *
 * @throws whatever making a piece throws
 */
export async function deflate(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Deflated> {
  // The codec belongs to zip.js, which makes whole archives only.
  const written: Uint8Array[] = [];
  const [entry] = await writeEntries(
    [{ name: NAME, content: pieces }],
    "deflated",
    (piece) => void written.push(piece),
  );
  const { size, packedSize, crc32 } = entry!;
  return { packed: cut(written, localHeaderSize(NAME), packedSize), size, crc32 };
}

const NAME = "content";

/** The pieces of so many bytes behind an offset. */
function cut(pieces: readonly Uint8Array[], offset: number, length: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let [skip, left] = [offset, length];
  for (const piece of pieces) {
    const part = piece.subarray(skip, skip + left);
    skip = Math.max(0, skip - piece.length);
    left -= part.length;
    if (part.length > 0) found.push(part);
  }
  return found;
}

/** Compresses content while it is read for something else. */
export class Deflater {
  readonly #pipe = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#pipe.writable.getWriter();
  readonly #result = deflate(this.#pipe.readable);

  constructor() {
    this.#result.catch(() => {}); // reported by result()
  }

  /** Take a copy of a piece; resolves when the next one may come. */
  async push(piece: Uint8Array): Promise<void> {
    await this.#writer.ready;
    // The codec gathers pieces, and the caller may use the memory of this one again.
    this.#writer.write(piece.slice()).catch(() => {}); // reported by result()
  }

  end(): void {
    this.#writer.close().catch(() => {});
  }

  /** Give up: the content was not read to its end. */
  abandon(reason: unknown): void {
    this.#writer.abort(reason).catch(() => {});
  }

  /** The compressed content, after its end. */
  async result(): Promise<Deflated> {
    return await this.#result;
  }
}
