import { concat } from "../bytes.ts";
import type { Deflated } from "./deflated.ts";
import { writeEntries, type ZipFile, type ZipPacking } from "./entries.ts";
import { archiveSize } from "./form.ts";
import { release } from "./inflate.ts";
import { storedSize } from "./stored.ts";

export type { Deflated, ZipFile, ZipPacking };

/**
 * Write an archive as {@linkcode writeEntries} does.
 *
 * @throws {GaitError} `invalid_input` when there are too many entries or bytes, or a name is that of a folder
 */
export async function writeZip(
  files: readonly ZipFile[],
  packing: ZipPacking = "deflated",
): Promise<Uint8Array<ArrayBuffer>> {
  // Where large contents are compressed already, the others are small.
  const isPacked = packing === "deflated" && files.some(({ content }) => "packed" in content);
  const given = isPacked ? await packAll(files) : files;
  const size = sizeOf(given, packing);
  if (size !== undefined && size <= MAX_BYTES) {
    // Filled as it comes, because pieces that wait to be joined would take as much memory again.
    const archive = new Uint8Array(size);
    let at = 0;
    await writeEntries(given, packing, (piece) => {
      archive.set(piece, at);
      at += piece.length;
      release(piece); // a copy by zip.js
    });
    if (at !== size) throw new Error(`An archive of ${at} bytes was expected to have ${size}`);
    return archive;
  }
  const written: Uint8Array[] = [];
  await writeEntries(given, packing, (piece) => void written.push(piece));
  return concat(written);
}

/**
 * Like {@linkcode writeZip}, but gives the archive in pieces, for one that becomes a part of another: joining them
 * would hold it twice.
 */
export async function writeZipPieces(files: readonly ZipFile[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const written: Uint8Array[] = [];
  await writeEntries(files, "deflated", (piece) => void written.push(piece));
  return written as Uint8Array<ArrayBuffer>[];
}

/** Largest archive in bytes; zip.js refuses larger ones. */
const MAX_BYTES = 0xffffffff;

async function packAll(files: readonly ZipFile[]): Promise<ZipFile[]> {
  const { deflate } = await import("./deflated.ts");
  const packed: ZipFile[] = [];
  for (const file of files) {
    const { content } = file;
    packed.push("packed" in content ? file : { ...file, content: await deflate(content) });
  }
  return packed;
}

/** Bytes of an archive; `undefined` when they are known only after compression. */
function sizeOf(files: readonly ZipFile[], packing: ZipPacking): number | undefined {
  const entries: { readonly name: string; readonly size: number }[] = [];
  for (const { name, content } of files) {
    const size = packedSizeOf(content, packing);
    if (size === undefined) return undefined;
    entries.push({ name, size });
  }
  return archiveSize(entries);
}

function packedSizeOf(content: ZipFile["content"], packing: ZipPacking): number | undefined {
  if ("packed" in content) return sizeOfPieces(content.packed);
  if (packing === "deflated") return undefined;
  if (content instanceof Uint8Array) return storedSize(content.length);
  return Array.isArray(content) ? storedSize(sizeOfPieces(content)) : undefined;
}

function sizeOfPieces(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
