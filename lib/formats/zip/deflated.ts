import { readDirectory } from "./directory.ts";
import { type Deflated, writeZip } from "./write.ts";

/**
 * Compress content that is made piece by piece, so that it is never held as a whole. An entry may list the digest of
 * another that stands behind it in the archive: that one is compressed first, and put into its place later.
 *
 * @throws whatever making a piece throws
 */
export async function deflate(pieces: AsyncIterable<Uint8Array>): Promise<Deflated> {
  // The codec belongs to zip.js, which makes whole archives only.
  const archive = await writeZip([{ name: "content", content: pieces }]);
  const { dataStart, compressedSize, size, crc32 } = readDirectory(archive).entries[0]!;
  return { packed: archive.subarray(dataStart, dataStart + compressedSize), size, crc32 };
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
