/** Writes bits, lowest first, into bytes that grow as needed. */
export interface BitWriter {
  /** The lowest `width` bits of a value; at most 16. */
  bits(value: number, width: number): void;
  /** Fill the byte up with zeros. */
  align(): void;
  /** Whole bytes; the writer must be aligned. */
  bytes(part: Uint8Array): void;
  /** All bytes, the last one filled up with zeros. */
  finish(): Uint8Array<ArrayBuffer>;
}

export function bitWriter(expected: number): BitWriter {
  let out = new Uint8Array(expected);
  let length = 0;
  let held = 0;
  let count = 0;

  function grow(more: number): void {
    const larger = new Uint8Array(Math.max(out.length * 2, length + more));
    larger.set(out);
    out = larger;
  }
  function align(): void {
    while (count > 0) {
      if (length === out.length) grow(1);
      out[length++] = held & 0xff;
      held >>>= 8;
      count -= 8;
    }
    held = count = 0;
  }
  return {
    bits(value, width) {
      held |= value << count;
      count += width;
      while (count >= 8) {
        if (length === out.length) grow(1);
        out[length++] = held & 0xff;
        held >>>= 8;
        count -= 8;
      }
    },
    align,
    bytes(part) {
      if (length + part.length > out.length) grow(part.length);
      out.set(part, length);
      length += part.length;
    },
    finish() {
      align();
      return out.slice(0, length);
    },
  };
}
