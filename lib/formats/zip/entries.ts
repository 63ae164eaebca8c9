import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise, utf8 } from "../bytes.ts";
import { crc32For } from "./crc32.ts";
import { MAX_ENTRIES } from "./directory.ts";
import type { Deflated } from "./deflated.ts";
import {
  dataDescriptor,
  directoryEntry,
  directoryEntrySize,
  END_SIZE,
  endOfArchive,
  type EntryFacts,
  entrySize,
  localHeader,
} from "./headers.ts";
import { release } from "./inflate.ts";
import { sizeOfPieces, storedBlocks, storedSize } from "./stored.ts";

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
  /**
   * Whether nobody reads its pieces any more, compressed or not: the memory of each is given back when the next one is
   * written. Outside of the heap it would wait long to be collected.
   */
  readonly isSpent?: boolean;
}

/** How the contents of an archive are stored. */
export type ZipPacking =
  /** Compressed by the codec of zip.js, which gives the same bytes on every platform, unlike built-in codecs. */
  | "deflated"
  /**
   * Uncompressed, in "stored" deflate blocks. A bit of a compressed stream can be changed without changing its
   * content (another distance to equal bytes); a bit of a stored one can't.
   */
  | "stored";

/** An archive whose bytes are known, but for joining them. */
export interface LaidOut {
  readonly size: number;
  /** The bytes in their order, once; each piece is done with when the next one is asked for. */
  readonly pieces: Iterable<Uint8Array>;
}

/**
 * Lay out an archive whose bytes depend only on names and contents, on every platform (docs/spec/core.md 3.7,
 * docs/spec/pack.md 1.2): entries in byte order of their names, 1980-01-01.
 *
 * @throws {GaitError} `invalid_input` when there are too many entries or bytes, or a name is that of a folder
 */
export async function layOut(files: readonly ZipFile[], packing: ZipPacking): Promise<LaidOut> {
  if (files.length > MAX_ENTRIES) {
    throw invalidInput(`Cannot write archive: more than ${MAX_ENTRIES} entries`);
  }
  refuseNames(files);
  const entries: Entry[] = [];
  let directory = 0; // where it begins
  for (const file of [...files].sort((a, b) => compareBytewise(a.name, b.name))) {
    const content = await (packing === "stored" ? storedContent : deflatedContent)(file);
    const entry = {
      ...content,
      name: utf8(file.name),
      executable: file.executable === true,
      offset: directory,
    };
    entries.push(entry);
    directory += entrySize(entry.name.length, entry.packedSize);
    if (entry.size >= MAX || directory >= MAX) {
      throw invalidInput("Cannot write archive: it would be larger than 4 GiB");
    }
  }
  const size = entries.reduce((sum, { name }) => sum + directoryEntrySize(name.length), 0);
  return { size: directory + size + END_SIZE, pieces: piecesOf(entries, directory, size) };
}

/** Sizes and places have 32 bits, of which the highest value means that they stand elsewhere (ZIP64). */
const MAX = 0xffffffff;
const MAX_NAME = 0xffff;

/** Refuse names by which readers would take an entry for something else. */
function refuseNames(files: readonly ZipFile[]): void {
  const seen = new Set<string>();
  for (const { name } of files) {
    if (name.endsWith("/")) throw invalidInput(`Cannot write archive: "${name}" is the name of a folder`);
    if (utf8(name).length > MAX_NAME) {
      throw invalidInput(`Cannot write archive: a name is longer than ${MAX_NAME} bytes`);
    }
    if (seen.has(name)) throw new Error(`An archive can't have two entries "${name}"`);
    seen.add(name);
  }
}

/** What stands in an archive for a content. */
interface PackedContent {
  readonly packed: Iterable<Uint8Array>;
  readonly packedSize: number;
  readonly size: number;
  readonly crc32: number;
}

type Entry = PackedContent & EntryFacts;

function* piecesOf(entries: readonly Entry[], directory: number, size: number): Generator<Uint8Array> {
  for (const entry of entries) {
    yield localHeader(entry.name);
    yield* entry.packed;
    yield dataDescriptor(entry);
  }
  for (const entry of entries) yield directoryEntry(entry);
  yield endOfArchive(entries.length, size, directory);
}

async function deflatedContent({ content, isSpent = false }: ZipFile): Promise<PackedContent> {
  const { packed, size, crc32 } = "packed" in content
    ? content
    : await (await import("./deflated.ts")).deflate(content);
  return { packed: isSpent ? spent(packed) : packed, packedSize: sizeOfPieces(packed), size, crc32 };
}

async function storedContent({ name, content: given, isSpent = false }: ZipFile): Promise<PackedContent> {
  if ("packed" in given) throw new Error(`Entry "${name}" is compressed, so it can't be stored`);
  const content = given instanceof Uint8Array ? [given] : await Array.fromAsync(given);
  const size = sizeOfPieces(content);
  const crc32 = await crc32For(size);
  return {
    packed: storedBlocks(isSpent ? spent(content) : content, size),
    packedSize: storedSize(size),
    size,
    crc32: content.reduce((crc, piece) => crc32(piece, crc), 0),
  };
}

/** Give back the memory of each piece when the next one is asked for. */
function* spent(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) {
    yield piece;
    release(piece);
  }
}
