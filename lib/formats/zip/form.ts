/** Extended timestamp 1980-01-01T00:00:00Z, in the local and the central header alike. */
export const EXTENDED_TIMESTAMP = new Uint8Array([0x55, 0x54, 5, 0, 1, 0x00, 0xa6, 0xce, 0x12]);

/** Bytes up to which content counts as small: it is compressed by zlib's level 6, larger content by level 3. */
export const LARGE = 2 * 1024 * 1024;

/** Header fields of the canonical form of docs/spec/core.md 3.7. */
export const FORM = {
  versionMadeBy: 0x0314,
  versionNeeded: 20,
  /** Sizes and checksum follow the data. */
  flags: 0x0008,
  /** Set for names beyond ASCII. */
  utf8Flag: 0x0800,
  method: 8,
  time: 0,
  date: 0x21,
  /** Unix file types and permissions of a regular file. */
  modes: [0o100644, 0o100755],
} as const;

/**
 * Whether all header bits unrelated to the content are in canonical form. Readers must not require it, but an archive
 * with canonical and other entries was modified after it was written.
 */
export function hasCanonicalForm(view: DataView, central: number, local: number): boolean {
  const at16 = (at: number, value: number) => view.getUint16(at, true) === value;
  const flags = view.getUint16(central + 8, true) & ~FORM.utf8Flag;
  const attributes = view.getUint32(central + 38, true);
  const nameLength = view.getUint16(central + 28, true);
  return at16(central + 4, FORM.versionMadeBy) && at16(central + 6, FORM.versionNeeded) &&
    flags === FORM.flags && at16(central + 10, FORM.method) && at16(central + 12, FORM.time) &&
    at16(central + 14, FORM.date) &&
    at16(central + 32, 0) && at16(central + 34, 0) && at16(central + 36, 0) && // comment, disk, internal attributes
    (attributes & 0xffff) === 0 && (FORM.modes as readonly number[]).includes(attributes >>> 16) &&
    // Streamed: crc and sizes of the local header are zero, all three.
    view.getUint32(local + 14, true) === 0 && view.getUint32(local + 18, true) === 0 &&
    view.getUint32(local + 22, true) === 0 &&
    holdsTimestamp(view, central + 46 + nameLength, view.getUint16(central + 30, true)) &&
    holdsTimestamp(view, local + 30 + nameLength, view.getUint16(local + 28, true));
}

function holdsTimestamp(view: DataView, at: number, length: number): boolean {
  return length === EXTENDED_TIMESTAMP.length &&
    EXTENDED_TIMESTAMP.every((byte, i) => view.getUint8(at + i) === byte);
}
