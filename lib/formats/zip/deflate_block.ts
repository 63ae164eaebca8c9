import { align, type BitWriter, putBits, putBytes, reserve } from "./bit_writer.ts";
import { describeCodes, FIXED_DISTANCES, FIXED_LITERALS, weigh } from "./deflate_codes.ts";
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  DISTANCE_SYMBOL,
  LENGTH_BASE,
  LENGTH_EXTRA,
  LENGTH_SYMBOL,
} from "./deflate_tables.ts";
import { huffmanLengths, reversedCodes } from "./huffman.ts";

/** Bytes of one stored block at most. */
export const MAX_STORED = 0xffff;

/**
 * Write one block in whichever of the three ways is shortest; the first one wins a tie.
 *
 * @param tokens literals as they are, matches as length times 65536 plus distance
 */
export function writeBlock(writer: BitWriter, raw: Uint8Array, tokens: Uint32Array, last: boolean): void {
  const literals = new Uint32Array(286);
  const distances = new Uint32Array(30);
  literals[256] = 1;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const length = token >>> 16;
    if (length === 0) literals[token]!++;
    else {
      literals[257 + LENGTH_SYMBOL[length]!]!++;
      distances[DISTANCE_SYMBOL[token & 0xffff]!]!++;
    }
  }
  const literalLengths = huffmanLengths(literals, 15);
  const distanceLengths = huffmanLengths(distances, 15);
  const header = describeCodes(literalLengths, distanceLengths);
  const extra = extraBits(literals, distances);
  const dynamicBits = 3 + header.bits + extra + weigh(literals, literalLengths) +
    weigh(distances, distanceLengths);
  const fixedBits = 3 + extra + weigh(literals, FIXED_LITERALS) + weigh(distances, FIXED_DISTANCES);
  const storedBits = Math.max(1, Math.ceil(raw.length / MAX_STORED)) * 42 + raw.length * 8;
  if (storedBits <= fixedBits && storedBits <= dynamicBits) return writeStored(writer, raw, last);
  reserve(writer, (Math.min(fixedBits, dynamicBits) >> 3) + 64);
  putBits(writer, last ? 1 : 0, 1);
  if (fixedBits <= dynamicBits) {
    putBits(writer, 1, 2);
    writeTokens(writer, tokens, FIXED_LITERALS, FIXED_DISTANCES);
  } else {
    putBits(writer, 2, 2);
    header.write(writer);
    writeTokens(writer, tokens, literalLengths, distanceLengths);
  }
}

/** Write bytes as they are, in as many blocks as they need. */
function writeStored(writer: BitWriter, raw: Uint8Array, last: boolean): void {
  for (let at = 0; at === 0 || at < raw.length; at += MAX_STORED) {
    const part = raw.subarray(at, at + MAX_STORED);
    reserve(writer, part.length + 8);
    putBits(writer, last && at + MAX_STORED >= raw.length ? 1 : 0, 3);
    align(writer);
    putBits(writer, part.length, 16);
    putBits(writer, part.length ^ 0xffff, 16);
    putBytes(writer, part);
  }
}

/** The loop in which half of the time goes; it keeps the writer in variables of its own. There must be room. */
function writeTokens(
  writer: BitWriter,
  tokens: Uint32Array,
  literalLengths: Uint8Array,
  distanceLengths: Uint8Array,
): void {
  const literalCodes = reversedCodes(literalLengths);
  const distanceCodes = reversedCodes(distanceLengths);
  const { out } = writer;
  let { length: at, held, count } = writer;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const length = token >>> 16;
    if (length === 0) {
      held |= literalCodes[token]! << count;
      count += literalLengths[token]!;
    } else {
      const symbol = LENGTH_SYMBOL[length]!;
      held |= literalCodes[257 + symbol]! << count;
      count += literalLengths[257 + symbol]!;
      held |= (length - LENGTH_BASE[symbol]!) << count; // at most 7 + 15 + 5 bits
      count += LENGTH_EXTRA[symbol]!;
      while (count >= 8) {
        out[at++] = held;
        held >>>= 8;
        count -= 8;
      }
      const distance = token & 0xffff;
      const far = DISTANCE_SYMBOL[distance]!;
      held |= distanceCodes[far]! << count;
      count += distanceLengths[far]!;
      while (count >= 8) {
        out[at++] = held;
        held >>>= 8;
        count -= 8;
      }
      held |= (distance - DISTANCE_BASE[far]!) << count;
      count += DISTANCE_EXTRA[far]!;
    }
    while (count >= 8) {
      out[at++] = held;
      held >>>= 8;
      count -= 8;
    }
  }
  writer.length = at;
  writer.held = held;
  writer.count = count;
  putBits(writer, literalCodes[256]!, literalLengths[256]!);
}

function extraBits(literals: Uint32Array, distances: Uint32Array): number {
  let bits = 0;
  for (let i = 0; i < 29; i++) bits += literals[257 + i]! * LENGTH_EXTRA[i]!;
  for (let i = 0; i < 30; i++) bits += distances[i]! * DISTANCE_EXTRA[i]!;
  return bits;
}
