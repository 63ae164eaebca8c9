import { type BitWriter, putBits } from "./bit_writer.ts";
import { CODE_ORDER } from "./deflate_tables.ts";
import { huffmanLengths, reversedCodes } from "./huffman.ts";

/** The codes that need no description (RFC 1951 section 3.2.6). */
export const FIXED_LITERALS = Uint8Array.from(
  { length: 288 },
  (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
);
export const FIXED_DISTANCES = new Uint8Array(30).fill(5);

/** How the codes of a block are described. */
export interface CodeDescription {
  /** Bits that the description takes. */
  readonly bits: number;
  /** Write it; there must be room. */
  write(writer: BitWriter): void;
}

/** The two codes of a dynamic block, described by a third (RFC 1951 section 3.2.7). */
export function describeCodes(literals: Uint8Array, distances: Uint8Array): CodeDescription {
  const literalCount = Math.max(257, lastUsed(literals) + 1);
  const distanceCount = Math.max(1, lastUsed(distances) + 1);
  const symbols = runLengths([
    ...literals.subarray(0, literalCount),
    ...distances.subarray(0, distanceCount),
  ]);
  const counts = new Uint32Array(19);
  for (const { symbol } of symbols) counts[symbol]!++;
  const lengths = huffmanLengths(counts, 7);
  let given = 19;
  while (given > 4 && lengths[CODE_ORDER[given - 1]!] === 0) given--;
  const extra = symbols.reduce((sum, { width }) => sum + width, 0);
  return {
    bits: 14 + 3 * given + weigh(counts, lengths) + extra,
    write(writer) {
      putBits(writer, literalCount - 257, 5);
      putBits(writer, distanceCount - 1, 5);
      putBits(writer, given - 4, 4);
      for (let i = 0; i < given; i++) putBits(writer, lengths[CODE_ORDER[i]!]!, 3);
      const codes = reversedCodes(lengths);
      for (const { symbol, more, width } of symbols) {
        putBits(writer, codes[symbol]!, lengths[symbol]!);
        putBits(writer, more, width);
      }
    },
  };
}

/** Bits that all symbols take by these code lengths. */
export function weigh(counts: Uint32Array, lengths: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < counts.length; i++) bits += counts[i]! * lengths[i]!;
  return bits;
}

/** A code length, or a repetition: how often beyond its least, in so many bits. */
interface LengthSymbol {
  readonly symbol: number;
  readonly more: number;
  readonly width: number;
}

function runLengths(lengths: readonly number[]): LengthSymbol[] {
  const symbols: LengthSymbol[] = [];
  const add = (symbol: number, more = 0, width = 0) => symbols.push({ symbol, more, width });
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at]!;
    let run = 1;
    while (at + run < lengths.length && lengths[at + run] === length) run++;
    at += run;
    if (length !== 0) {
      add(length);
      run--;
    }
    while (run >= 3) {
      const part = Math.min(run, length === 0 ? 138 : 6);
      if (length !== 0) add(16, part - 3, 2);
      else if (part <= 10) add(17, part - 3, 3);
      else add(18, part - 11, 7);
      run -= part;
    }
    for (; run > 0; run--) add(length);
  }
  return symbols;
}

function lastUsed(lengths: Uint8Array): number {
  let last = lengths.length - 1;
  while (last >= 0 && lengths[last] === 0) last--;
  return last;
}
