import { invalidInput, verificationFailed } from "../../errors/mod.ts";
import { decodeUtf8 } from "../bytes.ts";
import { hasCanonicalForm } from "./form.ts";

/** One entry as the central directory describes it, checked against its local header. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly compressedSize: number;
  /** Uncompressed size in bytes, as declared. */
  readonly size: number;
  /** Where the compressed bytes begin in the archive. */
  readonly dataStart: number;
  /** Neither a folder nor a link nor any other special file, whatever system created the archive. */
  readonly plainFile: boolean;
  /** Unix permission bits. */
  readonly mode: number;
  /** Whether its headers are in the canonical form of docs/spec/core.md 3.7, bit for bit. */
  readonly canonical: boolean;
}

/** The directory of an archive, with remarks on its deviations. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly remarks: readonly string[];
}

/** The compression method of Zstandard, which only archives of other programs have. */
export const ZSTANDARD = 93;

/** More entries are refused before any is read. */
export const MAX_ENTRIES = 10_000;

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const UNICODE_PATH = 0x7075;
/** Flags of an entry that is encrypted, also strongly or in its headers, or a patch of another file. */
const UNREADABLE = 0x2061;
const END_LENGTH = 22;
const MAX_COMMENT = 0xffff;

/**
 * Read the directory of an archive, and refuse archives that two readers could interpret differently
 * (docs/threat_model.md 3 and 4): the local headers must agree with the directory, entries must not overlap or leave
 * gaps, and inert bytes are tolerated only before the first entry and after the end (docs/spec/core.md 3.8).
 *
 * @param options `hasZstandard`: whether entries may be packed with it, as evidence never is
 * @throws {GaitError} `invalid_input` when the bytes are no readable archive, `verification_failed` when they are
 * ambiguous
 */
export function readDirectory(bytes: Uint8Array, { hasZstandard = false } = {}): ZipDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(bytes, view);
  if (end < 0) {
    const first = bytes.subarray(0, 100).find((byte) => byte > 0x20);
    throw invalidInput("Cannot read archive: it is not a zip file", {
      hint: first === 0x7b || first === 0x5b
        ? "It looks like JSON: gait trace verify verifies a trace, and gait run import makes a runpack of a conversation"
        : "Give a .zip file as gait wrote it, whole: a copy that was cut off has lost its end",
    });
  }
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const offset = view.getUint32(end + 16, true);
  refuseZip64(view, end, count, size, offset);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 6, true) !== 0) {
    throw invalidInput("Cannot read archive: it spans several disks");
  }
  if (view.getUint16(end + 8, true) !== count) throw ambiguous("the end record gives two numbers of entries");
  if (count > MAX_ENTRIES) throw invalidInput(`Cannot read archive: more than ${MAX_ENTRIES} entries`);
  const start = end - size; // the directory ends where the end record begins
  const base = start - offset; // bytes in front of the archive proper
  if (start < 0 || base < 0) throw invalidInput("Cannot read archive: its directory lies outside the file");
  if (base > 0 && lostItsEnd(bytes, view, end)) throw cutOff();

  const entries: ZipEntry[] = [];
  const spans: Span[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw invalidInput("Cannot read archive: its directory is damaged");
    }
    const length = 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
    if (at + length > end) throw invalidInput("Cannot read archive: its directory is damaged");
    const { entry, span } = readEntry(bytes, view, at, length, base, start, hasZstandard);
    entries.push(entry);
    spans.push(span);
    at += length;
  }
  if (at !== end) throw ambiguous("its directory holds more than its entries");
  return { entries, remarks: checkLayout(bytes, spans, start, end) };
}

/** The start and possible ends of an entry, including its headers. */
interface Span {
  readonly start: number;
  readonly ends: readonly number[];
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  length: number,
  base: number,
  limit: number,
  hasZstandard: boolean,
) {
  const flags = view.getUint16(at + 8, true);
  const nameLength = view.getUint16(at + 28, true);
  const compressedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const offset = view.getUint32(at + 42, true);
  if (compressedSize === 0xffffffff || size === 0xffffffff || offset === 0xffffffff) throw zip64();
  const name = decodeUtf8(bytes.subarray(at + 46, at + 46 + nameLength));
  const local = base + offset;
  if (local + 30 > limit || view.getUint32(local, true) !== LOCAL_SIGNATURE) {
    throw invalidInput(`Cannot read archive: entry "${name}" has no local header`);
  }
  const localNameLength = view.getUint16(local + 26, true);
  const dataStart = local + 30 + localNameLength + view.getUint16(local + 28, true);
  const dataEnd = dataStart + compressedSize;
  if (dataEnd > limit) throw invalidInput(`Cannot read archive: entry "${name}" is truncated`);

  const localName = decodeUtf8(bytes.subarray(local + 30, local + 30 + localNameLength));
  const streamed = (flags & 0x8) !== 0;
  const same = (localAt: number, centralAt: number, width: 16 | 32) =>
    width === 16
      ? view.getUint16(local + localAt, true) === view.getUint16(at + centralAt, true)
      : view.getUint32(local + localAt, true) === view.getUint32(at + centralAt, true) ||
        (streamed && view.getUint32(local + localAt, true) === 0);
  // Python raises the version of such an entry in the directory alone.
  const sameVersion = same(4, 6, 16) || hasZstandard && view.getUint16(at + 10, true) === ZSTANDARD;
  const agrees = localName === name && sameVersion && same(6, 8, 16) && same(8, 10, 16) &&
    same(10, 12, 16) &&
    same(12, 14, 16) && same(14, 16, 32) && same(18, 20, 32) && same(22, 24, 32);
  if (!agrees) throw ambiguous(`entry "${name}" is described in two ways`);
  if (view.getUint16(at + 34, true) !== 0) throw invalidInput("Cannot read archive: it spans several disks");
  const centralExtra = at + 46 + nameLength;
  // A reader that looks for the end record from the front would find it there.
  if (holdsSignature(bytes.subarray(centralExtra, at + length))) {
    throw ambiguous(`the comment of entry "${name}" looks like another archive`);
  }
  refuseOtherName(bytes, centralExtra, centralExtra + view.getUint16(at + 30, true), name);
  refuseOtherName(bytes, local + 30 + localNameLength, dataStart, name);

  const crc32 = view.getUint32(at + 16, true);
  const ends = streamed ? descriptorEnds(view, dataEnd, limit, crc32, compressedSize, size) : [dataEnd];
  const entry: ZipEntry = {
    name,
    method: view.getUint16(at + 10, true),
    encrypted: (flags & UNREADABLE) !== 0,
    crc32,
    compressedSize,
    size,
    dataStart,
    plainFile: !name.endsWith("/") && isPlainFile(view.getUint32(at + 38, true)),
    mode: view.getUint16(at + 40, true) & 0o777,
    canonical: hasCanonicalForm(view, at, local),
  };
  return { entry, span: { start: local, ends } };
}

/** A Unicode Path field (Info-ZIP, 0x7075) gives an entry a second name, which some readers prefer. */
function refuseOtherName(bytes: Uint8Array, from: number, to: number, name: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from; at + 4 <= to;) {
    const end = at + 4 + view.getUint16(at + 2, true);
    // The name follows a version byte and a checksum, five bytes in total.
    const named = view.getUint16(at, true) === UNICODE_PATH && end <= to;
    if (named && decodeUtf8(bytes.subarray(at + 9, end)) !== name) {
      throw ambiguous(`entry "${name}" has a second name`);
    }
    at = end;
  }
}

/** Unix file type in the upper half of the attributes, the folder bit of DOS in the lower one. */
function isPlainFile(attributes: number): boolean {
  const type = attributes >>> 16 & 0o170000;
  return (type === 0 || type === 0o100000) && (attributes & 0x10) === 0;
}

/** A data descriptor may have a signature or not. */
function descriptorEnds(
  view: DataView,
  at: number,
  limit: number,
  crc: number,
  packed: number,
  size: number,
) {
  const matches = (from: number) =>
    from + 12 <= limit && view.getUint32(from, true) === crc && view.getUint32(from + 4, true) === packed &&
    view.getUint32(from + 8, true) === size;
  const ends: number[] = [];
  if (at + 4 <= limit && view.getUint32(at, true) === DESCRIPTOR_SIGNATURE && matches(at + 4)) {
    ends.push(at + 16);
  }
  if (matches(at)) ends.push(at + 12);
  if (ends.length === 0) throw ambiguous("a data descriptor contradicts the directory");
  return ends;
}

/** Entries must be contiguous and end at the start of the directory. */
function checkLayout(bytes: Uint8Array, spans: Span[], start: number, end: number): string[] {
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  const first = ordered[0]?.start ?? start;
  for (let i = 0; i < ordered.length; i++) {
    const next = ordered[i + 1]?.start ?? start;
    if (!ordered[i]!.ends.includes(next)) throw ambiguous("entries overlap or leave a gap");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tail = end + END_LENGTH + view.getUint16(end + 20, true);
  // Some readers use the last end record, others the first plausible one.
  if (holdsSignature(bytes.subarray(end + END_LENGTH, tail))) {
    throw ambiguous("its comment looks like another archive");
  }
  const remarks: string[] = [];
  for (const [from, to, where] of [[0, first, "before"], [tail, bytes.length, "after"]] as const) {
    if (to <= from) continue;
    // INVARIANT: tolerated bytes around an archive can't themselves be read as one.
    if (holdsSignature(bytes.subarray(from, to))) {
      throw ambiguous(`data ${where} the archive looks like another one`);
    }
    remarks.push(`${to - from} bytes stand ${where} the archive`);
  }
  return remarks;
}

function holdsSignature(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0x50); at >= 0 && at + 3 < bytes.length; at = bytes.indexOf(0x50, at + 1)) {
    const [second, third, fourth] = bytes.subarray(at + 1, at + 4);
    if (second === 0x4b && third! + 1 === fourth && third! % 2 === 1 && third! <= 7) return true;
  }
  return false;
}

/**
 * Whether an archive begins where the file begins and no end record in front of the given one belongs to it. That is
 * what is left of a pack whose copy was cut off: the end that is found is that of a runpack inside it.
 */
function lostItsEnd(bytes: Uint8Array, view: DataView, end: number): boolean {
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) return false;
  for (let at = bytes.indexOf(0x50); at >= 0 && at < end; at = bytes.indexOf(0x50, at + 1)) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (view.getUint32(at + 12, true) + view.getUint32(at + 16, true) === at) return false;
  }
  return true;
}

/** The last end record whose comment fits the file. */
function findEnd(bytes: Uint8Array, view: DataView): number {
  const lowest = Math.max(0, bytes.length - END_LENGTH - MAX_COMMENT);
  for (let at = bytes.length - END_LENGTH; at >= lowest; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_LENGTH + view.getUint16(at + 20, true) <= bytes.length) return at;
  }
  return -1;
}

function refuseZip64(view: DataView, end: number, count: number, size: number, offset: number): void {
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) throw zip64();
  if (end >= 20 && view.getUint32(end - 20, true) === ZIP64_LOCATOR_SIGNATURE) {
    throw ambiguous("a ZIP64 record contradicts the end record");
  }
}

function zip64() {
  return invalidInput("Cannot read archive: ZIP64 is not supported", {
    hint: "Write the archive without ZIP64; evidence never needs it",
  });
}

function cutOff() {
  return verificationFailed("Archive is cut off or damaged: it has no end record of its own", {
    hint: "Copy the whole file again, and compare its size or its SHA-256 with those of the original",
    detail: "archive_truncated",
  });
}

function ambiguous(reason: string) {
  return verificationFailed(`Archive is ambiguous: ${reason}`, { detail: "archive_ambiguous" });
}
