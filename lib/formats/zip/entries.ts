import {
  configure,
  ERR_UNSUPPORTED_FORMAT,
  ZipWriter,
  type ZipWriterAddDataOptions,
} from "@zip-js/zip-js/lib/zip-core-native.js";
import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise, utf8 } from "../bytes.ts";
import { crc32For } from "./crc32.ts";
import { MAX_ENTRIES } from "./directory.ts";
import type { Deflated } from "./deflated.ts";
import { EXTENDED_TIMESTAMP, FORM, LARGE } from "./form.ts";
import { storedBlocks } from "./stored.ts";

/** A file to put into an archive. */
export interface ZipFile {
  readonly name: string;
  /**
   * The content, or pieces that are read when the entry is written; their boundaries don't affect the archive. Where they
   * are compressed, each is done with when the next one is asked for.
   */
  readonly content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array> | Deflated;
  /** Whether it is executable (0755 instead of 0644). */
  readonly executable?: boolean;
}

/** How the contents of an archive are stored. */
export type ZipPacking =
  /** Compressed by the codecs of zip.js, which give the same bytes on every platform, unlike built-in codecs. */
  | "deflated"
  /**
   * Uncompressed, in "stored" deflate blocks. A bit of a compressed stream can be changed without changing its
   * content (another distance to equal bytes); a bit of a stored one can't.
   */
  | "stored";

/** An entry that was written. */
export interface WrittenEntry {
  readonly size: number;
  readonly packedSize: number;
  readonly crc32: number;
}

/**
 * Write an archive whose bytes depend only on names and contents, on every platform (docs/spec/core.md 3.7,
 * docs/spec/pack.md 1.2): entries in byte order of their names, 1980-01-01.
 *
 * @param write takes the bytes piece by piece
 * @returns the entries, in the order of the archive
 * @throws {GaitError} `invalid_input` when there are too many entries or bytes, or a name is that of a folder
 */
export async function writeEntries(
  files: readonly ZipFile[],
  packing: ZipPacking,
  write: (piece: Uint8Array) => void,
): Promise<WrittenEntry[]> {
  if (files.length > MAX_ENTRIES) {
    throw invalidInput(`Cannot write archive: more than ${MAX_ENTRIES} entries`);
  }
  // zip.js would write it as an empty folder.
  const folder = files.find(({ name }) => name.endsWith("/"));
  if (folder) throw invalidInput(`Cannot write archive: "${folder.name}" is the name of a folder`);
  configure({ useWebWorkers: false, useCompressionStream: false });
  const writer = new ZipWriter(new WritableStream<Uint8Array>({ write }), {
    // DOS time is local time, so local midnight on 1 January gives the same bytes in every time zone.
    lastModDate: new Date(1980, 0, 1),
    extendedTimestamp: false,
    zip64: false,
    versionMadeBy: FORM.versionMadeBy,
    compressionMethod: FORM.method,
    dataDescriptor: true,
    dataDescriptorSignature: true,
  });
  const entries: WrittenEntry[] = [];
  try {
    for (const file of [...files].sort((a, b) => compareBytewise(a.name, b.name))) {
      const { pieces, options } = await (packing === "stored" ? storedEntry : deflatedEntry)(file);
      const entry = await writer.add(file.name, { readable: ReadableStream.from(pieces) }, {
        ...headersOf(file),
        ...options,
      });
      const { uncompressedSize: size, compressedSize: packedSize, signature: crc32 } = entry;
      entries.push({ size, packedSize, crc32: crc32! });
    }
    await writer.close();
  } catch (error) {
    if (!(error instanceof Error && error.message === ERR_UNSUPPORTED_FORMAT)) throw error;
    throw invalidInput("Cannot write archive: it would be larger than 4 GiB");
  }
  return entries;
}

/** An entry as passed to zip.js. */
interface EntrySource {
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly options: ZipWriterAddDataOptions;
}

/**
 * Large contents are compressed by the codec of zip.js in WebAssembly, small ones by the one in JavaScript, which starts
 * at once. Both give the same bytes. What is made in pieces is meant to be large.
 */
async function deflatedEntry({ content }: ZipFile): Promise<EntrySource> {
  if (content instanceof Uint8Array && content.length <= LARGE) return { pieces: [content], options: {} };
  const { packed, size, crc32 } = "packed" in content
    ? content
    : await (await import("./deflated.ts")).deflate(content);
  return { pieces: packed, options: { passThrough: true, uncompressedSize: size, crc32 } };
}

async function storedEntry({ name, content: given }: ZipFile): Promise<EntrySource> {
  if ("packed" in given) throw new Error(`Entry "${name}" is compressed, so it can't be stored`);
  const content = given instanceof Uint8Array ? [given] : await Array.fromAsync(given);
  const size = content.reduce((sum, piece) => sum + piece.length, 0);
  const crc32 = await crc32For(size);
  return {
    pieces: storedBlocks(content),
    options: {
      passThrough: true,
      uncompressedSize: size,
      crc32: content.reduce((crc, piece) => crc32(piece, crc), 0),
    },
  };
}

function headersOf({ name, executable = false }: ZipFile): ZipWriterAddDataOptions {
  return {
    useUnicodeFileNames: utf8(name).length !== name.length,
    externalFileAttributes: FORM.modes[executable ? 1 : 0]! * 0x10000,
    extraField: new Map([[
      EXTENDED_TIMESTAMP[0]! | EXTENDED_TIMESTAMP[1]! << 8,
      EXTENDED_TIMESTAMP.subarray(4),
    ]]),
  };
}
