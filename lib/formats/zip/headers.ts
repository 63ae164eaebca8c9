import { EXTENDED_TIMESTAMP, FORM } from "./form.ts";

/** What the headers of an entry say. */
export interface EntryFacts {
  /** Its name in UTF-8. */
  readonly name: Uint8Array;
  /** Number of bytes, and their CRC-32, before compression. */
  readonly size: number;
  readonly crc32: number;
  readonly packedSize: number;
  /** Whether it is executable (0755 instead of 0644). */
  readonly executable: boolean;
  /** Where its local header begins in the archive. */
  readonly offset: number;
}

/*
 * The headers of the canonical form of docs/spec/core.md 3.7, byte by byte. All numbers are little-endian.
 */

/** Sizes without names and extra fields. */
const LOCAL_SIZE = 30;
const DESCRIPTOR_SIZE = 16;
const DIRECTORY_ENTRY_SIZE = 46;

/** Bytes at the end of an archive, behind its directory. */
export const END_SIZE = 22;

/** Bytes of an entry whose name and content have so many, headers included. */
export function entrySize(name: number, packed: number): number {
  return LOCAL_SIZE + name + EXTENDED_TIMESTAMP.length + packed + DESCRIPTOR_SIZE;
}

/** Bytes in the directory of an archive for an entry whose name has so many. */
export function directoryEntrySize(name: number): number {
  return DIRECTORY_ENTRY_SIZE + name + EXTENDED_TIMESTAMP.length;
}

const SIGNATURE = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
} as const;

/** What stands in front of an entry. Its sizes and checksum follow the content. */
export function localHeader(name: Uint8Array): Uint8Array<ArrayBuffer> {
  const fields = new Fields(LOCAL_SIZE + name.length + EXTENDED_TIMESTAMP.length);
  fields.u32(SIGNATURE.local);
  putCommon(fields, name, { crc32: 0, packedSize: 0, size: 0 });
  fields.put(name);
  fields.put(EXTENDED_TIMESTAMP);
  return fields.bytes;
}

/** What stands behind an entry. */
export function dataDescriptor({ crc32, packedSize, size }: EntryFacts): Uint8Array<ArrayBuffer> {
  const fields = new Fields(DESCRIPTOR_SIZE);
  for (const value of [SIGNATURE.descriptor, crc32, packedSize, size]) fields.u32(value);
  return fields.bytes;
}

/** The entry in the directory of the archive. */
export function directoryEntry(entry: EntryFacts): Uint8Array<ArrayBuffer> {
  const { name, executable, offset } = entry;
  const fields = new Fields(directoryEntrySize(name.length));
  fields.u32(SIGNATURE.central);
  fields.u16(FORM.versionMadeBy);
  putCommon(fields, name, entry);
  fields.u16(0); // no comment
  fields.u16(0); // the first disk
  fields.u16(0); // no internal attributes
  fields.u32(FORM.modes[executable ? 1 : 0] * 0x10000);
  fields.u32(offset);
  fields.put(name);
  fields.put(EXTENDED_TIMESTAMP);
  return fields.bytes;
}

/** The end of an archive, whose directory has so many entries and bytes and begins there. */
export function endOfArchive(count: number, size: number, offset: number): Uint8Array<ArrayBuffer> {
  const fields = new Fields(END_SIZE);
  fields.u32(SIGNATURE.end);
  for (const value of [0, 0, count, count]) fields.u16(value);
  fields.u32(size);
  fields.u32(offset);
  fields.u16(0); // no comment
  return fields.bytes;
}

/** The fields that the local and the central header share, up to the lengths of name and extra field. */
function putCommon(
  fields: Fields,
  name: Uint8Array,
  { crc32, packedSize, size }: Pick<EntryFacts, "crc32" | "packedSize" | "size">,
): void {
  fields.u16(FORM.versionNeeded);
  fields.u16(name.every((byte) => byte < 0x80) ? FORM.flags : FORM.flags | FORM.utf8Flag);
  fields.u16(FORM.method);
  fields.u16(FORM.time);
  fields.u16(FORM.date);
  for (const value of [crc32, packedSize, size]) fields.u32(value);
  fields.u16(name.length);
  fields.u16(EXTENDED_TIMESTAMP.length);
}

/** Bytes that are filled from front to back. */
class Fields {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}
