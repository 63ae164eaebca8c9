/** Bits on their way into bytes, lowest first. A plain record, so that the inner loop can keep it in variables. */
export interface BitWriter {
  out: Uint8Array<ArrayBuffer>;
  /** Whole bytes that were written. */
  length: number;
  /** Bits that are no whole byte yet, and how many. */
  held: number;
  count: number;
}

export function bitWriter(expected: number): BitWriter {
  return { out: new Uint8Array(Math.max(expected, 64)), length: 0, held: 0, count: 0 };
}

/** Make room for so many more bytes. */
export function reserve(writer: BitWriter, more: number): void {
  if (writer.length + more <= writer.out.length) return;
  const larger = new Uint8Array(Math.max(writer.out.length * 2, writer.length + more));
  larger.set(writer.out.subarray(0, writer.length));
  writer.out = larger;
}

/** Write the lowest `width` bits of a value, at most 16; there must be room. */
export function putBits(writer: BitWriter, value: number, width: number): void {
  writer.held |= value << writer.count;
  writer.count += width;
  while (writer.count >= 8) {
    writer.out[writer.length++] = writer.held & 0xff;
    writer.held >>>= 8;
    writer.count -= 8;
  }
}

/** Fill the last byte up with zeros; there must be room for one. */
export function align(writer: BitWriter): void {
  if (writer.count > 0) putBits(writer, 0, 8 - writer.count);
}

/** Write whole bytes; the writer must be aligned. */
export function putBytes(writer: BitWriter, bytes: Uint8Array): void {
  reserve(writer, bytes.length);
  writer.out.set(bytes, writer.length);
  writer.length += bytes.length;
}
