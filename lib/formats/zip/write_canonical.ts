import { compareBytewise, concat, utf8 } from "../bytes.ts";
import { type Crc32, crc32For } from "./crc32.ts";
import { deflate, makeDeflater, storedPieces } from "./deflate.ts";
import { EXTENDED_TIMESTAMP, FORM } from "./form.ts";
import { MAX_ENTRIES } from "./directory.ts";
import { invalidInput } from "../../errors/mod.ts";
import { append } from "../lists.ts";

/** A file to put into an archive. */
export interface CanonicalFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** Whether anyone may execute it; else 0644. */
  readonly executable?: boolean;
  /**
   * Keep the bytes as they are, in deflate blocks of type "stored". A compressed stream can be changed in a bit without
   * a change of its content (another distance to equal bytes); a stored one can't.
   */
  readonly stored?: boolean;
}

/** Sizes and offsets have 32 bits; a larger archive would need ZIP64, which no reader of evidence takes. */
const MAX_BYTES = 0xffff_fffe;

/** An entry that is compressed already. */
export interface PackedEntry {
  readonly name: string;
  /** The deflate stream, in pieces. */
  readonly packed: readonly Uint8Array[];
  /** Bytes, uncompressed. */
  readonly size: number;
  readonly crc32: number;
  readonly executable: boolean;
}

/** Compresses one entry as its content comes. */
export interface EntryPacker {
  push(chunk: Uint8Array): void;
  finish(): PackedEntry;
}

/** Compress an entry piece by piece; how it is cut does not show. */
export function entryPacker(name: string, size: number, crc32: Crc32, executable = false): EntryPacker {
  const deflater = makeDeflater(size);
  let crc = 0;
  let taken = 0;
  return {
    push(chunk) {
      crc = crc32(chunk, crc);
      taken += chunk.length;
      deflater.push(chunk);
    },
    finish: () => ({ name, packed: [deflater.finish()], size: taken, crc32: crc, executable }),
  };
}

async function packEntry(file: CanonicalFile): Promise<PackedEntry> {
  const { name, content, executable = false, stored = false } = file;
  const crc32 = await crc32For(content.length);
  const packed = stored ? storedPieces(content) : [deflate(content)];
  return { name, packed, size: content.length, crc32: crc32(content), executable };
}

/**
 * Write an archive whose bytes depend on names and contents alone, on every platform (docs/spec/core.md 3.7, docs/spec/pack.md
 * 1.2): entries in byte order of their names, deflate of our own, 1980-01-01.
 *
 * @throws {GaitError} `invalid_input` when there are too many entries or bytes
 */
export async function writeCanonicalZip(files: readonly CanonicalFile[]): Promise<Uint8Array<ArrayBuffer>> {
  const entries: PackedEntry[] = [];
  for (const file of files) entries.push(await packEntry(file));
  return assembleZip(entries);
}

/** {@linkcode writeCanonicalZip} of entries that are compressed already. */
export function assembleZip(entries: readonly PackedEntry[]): Uint8Array<ArrayBuffer> {
  if (entries.length > MAX_ENTRIES) {
    throw invalidInput(`Cannot write archive: more than ${MAX_ENTRIES} entries`);
  }
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of [...entries].sort((a, b) => compareBytewise(a.name, b.name))) {
    const { local, central } = layOut(entry, offset);
    append(body, local);
    append(directory, central);
    offset += sizeOf(local);
    if (offset > MAX_BYTES) throw invalidInput("Cannot write archive: it would be larger than 4 GiB");
  }
  const end = record(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, sizeOf(directory)],
    [4, offset],
    [2, 0],
  );
  return concat([...body, ...directory, end]);
}

/** The bytes of an entry, and its lines in the directory. */
function layOut({ name, packed, size, crc32, executable }: PackedEntry, offset: number) {
  const named = utf8(name);
  const flags = FORM.flags | (named.length === name.length ? 0 : FORM.utf8Flag);
  const kind: Field[] = [[2, FORM.versionNeeded], [2, flags], [2, FORM.method], [2, FORM.time], [
    2,
    FORM.date,
  ]];
  const sizes: Field[] = [[4, crc32], [4, sizeOf(packed)], [4, size]];
  const lengths: Field[] = [[2, named.length], [2, EXTENDED_TIMESTAMP.length]];
  const mode = FORM.modes[executable ? 1 : 0]!;
  const local = record([4, 0x04034b50], ...kind, [4, 0], [4, 0], [4, 0], ...lengths);
  const central = record(
    [4, 0x02014b50],
    [2, FORM.versionMadeBy],
    ...kind,
    ...sizes,
    ...lengths,
    [2, 0],
    [2, 0],
    [2, 0],
    [4, mode * 0x10000],
    [4, offset],
  );
  return {
    local: [local, named, EXTENDED_TIMESTAMP, ...packed, record([4, 0x08074b50], ...sizes)],
    central: [central, named, EXTENDED_TIMESTAMP],
  };
}

/** Width in bytes, and value. */
type Field = readonly [2 | 4, number];

function record(...fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
