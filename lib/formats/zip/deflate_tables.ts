/*
 * RFC 1951 section 3.2.5: base values and extra bits of lengths and distances, for the writer.
 */
export const LENGTH_EXTRA = Uint8Array.from(
  { length: 29 },
  (_, i) => i < 8 || i === 28 ? 0 : (i >> 2) - 1,
);
export const LENGTH_BASE = bases(LENGTH_EXTRA, 3);
// The last length has a symbol of its own, which overlaps the one before.
LENGTH_BASE[28] = 258;

export const DISTANCE_EXTRA = Uint8Array.from({ length: 30 }, (_, i) => i < 2 ? 0 : (i >> 1) - 1);
export const DISTANCE_BASE = bases(DISTANCE_EXTRA, 1);

/** Symbol of each length from 3 to 258, counted from 0. */
export const LENGTH_SYMBOL = symbolsOf(LENGTH_BASE, 259);

/** Symbol of each distance from 1 to 32768. */
export const DISTANCE_SYMBOL = symbolsOf(DISTANCE_BASE, 32769);

/** Order in which the lengths of the code length code are given. */
export const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

function bases(extra: Uint8Array, first: number): Uint16Array {
  const found = new Uint16Array(extra.length);
  let base = first;
  for (let i = 0; i < extra.length; i++) {
    found[i] = base;
    base += 1 << extra[i]!;
  }
  return found;
}

function symbolsOf(base: Uint16Array, size: number): Uint8Array {
  const symbols = new Uint8Array(size);
  for (let i = 0; i < base.length; i++) symbols.fill(i, base[i]!);
  return symbols;
}
