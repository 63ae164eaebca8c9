import type { Deflated } from "./deflated.ts";
import { layOut, type ZipFile, type ZipPacking } from "./entries.ts";

export type { Deflated, ZipFile, ZipPacking };

/**
 * Write an archive as {@linkcode layOut} lays it out.
 *
 * @throws {GaitError} `invalid_input` when there are too many entries or bytes, or a name is that of a folder
 */
export async function writeZip(
  files: readonly ZipFile[],
  packing: ZipPacking = "deflated",
): Promise<Uint8Array<ArrayBuffer>> {
  const { size, pieces } = await layOut(files, packing);
  const archive = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    archive.set(piece, at);
    at += piece.length;
  }
  if (at !== size) throw new Error(`An archive of ${at} bytes was expected to have ${size}`);
  return archive;
}

/**
 * Like {@linkcode writeZip}, but gives the archive in pieces, for one that becomes a part of another: joining them
 * would hold it twice. Contents that are compressed already are pieces of it, so no file may be spent.
 */
export async function writeZipPieces(files: readonly ZipFile[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const { pieces } = await layOut(files, "deflated");
  return [...pieces] as Uint8Array<ArrayBuffer>[];
}
