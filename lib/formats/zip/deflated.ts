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
