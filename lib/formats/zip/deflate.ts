import { type BitWriter, bitWriter } from "./bit_writer.ts";
import { huffmanLengths, reversedCodes } from "./huffman.ts";
import {
  CODE_ORDER,
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  distanceSymbol,
  LENGTH_BASE,
  LENGTH_EXTRA,
  LENGTH_SYMBOL,
} from "./deflate_tables.ts";

/*
 * Deflate (RFC 1951) of our own. The platform's compressor gives other bytes with another version, build or processor,
 * and an evidence pack must have one form: the same files, the same bytes, anywhere and for good. So nothing here
 * depends on anything but the content. INVARIANT: testdata/pack pins its output.
 */

/** Symbols of one block at most. */
const BLOCK_TOKENS = 1 << 16;
/** How far back a match may begin (RFC 1951 section 2). */
const WINDOW = 1 << 15;
const HASH_BITS = 16;
const MIN_MATCH = 4;
const MAX_MATCH = 258;
/** Earlier places that are tried for a match; more find longer ones, at the price of time. */
const MAX_TRIES = 4;
/** A match of this length is taken without a look at others. */
const GOOD_MATCH = 48;
/** Bytes of one stored block at most. */
const MAX_STORED = 0xffff;

/** Compress bytes as one raw deflate stream. */
export function deflate(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = bitWriter(Math.max(64, content.length >> 2));
  const head = new Int32Array(1 << HASH_BITS).fill(-1);
  const previous = new Int32Array(WINDOW);
  const tokens = new Uint32Array(BLOCK_TOKENS);
  const hashable = content.length - MIN_MATCH;
  let count = 0;
  let blockStart = 0;
  let at = 0;
  let misses = 0;

  while (at < content.length) {
    let length = 0;
    let distance = 0;
    if (at <= hashable) {
      const word = content[at]! | content[at + 1]! << 8 | content[at + 2]! << 16 | content[at + 3]! << 24;
      const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
      let candidate = head[slot]!;
      previous[at & (WINDOW - 1)] = candidate;
      head[slot] = at;
      const longest = Math.min(MAX_MATCH, content.length - at);
      for (let tries = MAX_TRIES; tries > 0 && candidate >= 0 && at - candidate <= WINDOW; tries--) {
        // A longer match must differ from the best one in the byte behind it.
        if (content[candidate + length] === content[at + length]) {
          let same = 0;
          while (same < longest && content[candidate + same] === content[at + same]) same++;
          if (same > length) {
            length = same;
            distance = at - candidate;
            if (same >= GOOD_MATCH) break;
          }
        }
        const next = previous[candidate & (WINDOW - 1)]!;
        if (next >= candidate) break; // the place was written over: the chain ends
        candidate = next;
      }
    }
    if (length >= MIN_MATCH) {
      tokens[count++] = length << 16 | distance;
      // Places inside a match are remembered, too, but not all of a long one.
      const end = Math.min(at + length, hashable + 1);
      const step = length > 32 ? 4 : 1;
      for (let i = at + step; i < end; i += step) {
        const word = content[i]! | content[i + 1]! << 8 | content[i + 2]! << 16 | content[i + 3]! << 24;
        const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
        previous[i & (WINDOW - 1)] = head[slot]!;
        head[slot] = i;
      }
      at += length;
      misses = 0;
    } else {
      // What does not repeat is stepped through faster and faster: it is most likely compressed already.
      const run = Math.min(1 + (misses++ >> 6), 32, content.length - at, BLOCK_TOKENS - count);
      for (let i = 0; i < run; i++) tokens[count++] = content[at++]!;
    }
    if (count === BLOCK_TOKENS) {
      writeBlock(out, content.subarray(blockStart, at), tokens.subarray(0, count), at === content.length);
      count = 0;
      blockStart = at;
    }
  }
  if (count > 0 || blockStart === 0 && content.length === 0) {
    writeBlock(out, content.subarray(blockStart), tokens.subarray(0, count), true);
  }
  return out.finish();
}

/** One raw deflate stream that holds the bytes as they are: for what is compressed already. */
export function deflateStored(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = bitWriter(content.length + 5 * (1 + Math.floor(content.length / MAX_STORED)));
  writeStored(out, content, true);
  return out.finish();
}

/** Write one block in whichever of the three ways is shortest; the first one wins a tie. */
function writeBlock(out: BitWriter, raw: Uint8Array, tokens: Uint32Array, last: boolean): void {
  const literals = new Uint32Array(286);
  const distances = new Uint32Array(30);
  literals[256] = 1;
  for (const token of tokens) {
    const length = token >>> 16;
    if (length === 0) literals[token]!++;
    else {
      literals[257 + LENGTH_SYMBOL[length]!]!++;
      distances[distanceSymbol(token & 0xffff)]!++;
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
  if (storedBits <= fixedBits && storedBits <= dynamicBits) return writeStored(out, raw, last);
  out.bits(last ? 1 : 0, 1);
  if (fixedBits <= dynamicBits) {
    out.bits(1, 2);
    writeTokens(out, tokens, FIXED_LITERALS, FIXED_DISTANCES);
  } else {
    out.bits(2, 2);
    header.write(out);
    writeTokens(out, tokens, literalLengths, distanceLengths);
  }
}

function writeStored(out: BitWriter, raw: Uint8Array, last: boolean): void {
  for (let at = 0; at === 0 || at < raw.length; at += MAX_STORED) {
    const part = raw.subarray(at, at + MAX_STORED);
    out.bits(last && at + MAX_STORED >= raw.length ? 1 : 0, 3);
    out.align();
    out.bits(part.length, 16);
    out.bits(part.length ^ 0xffff, 16);
    out.bytes(part);
  }
}

function writeTokens(
  out: BitWriter,
  tokens: Uint32Array,
  literalLengths: Uint8Array,
  distanceLengths: Uint8Array,
) {
  const literalCodes = reversedCodes(literalLengths);
  const distanceCodes = reversedCodes(distanceLengths);
  for (const token of tokens) {
    const length = token >>> 16;
    if (length === 0) {
      out.bits(literalCodes[token]!, literalLengths[token]!);
      continue;
    }
    const lengthIndex = LENGTH_SYMBOL[length]!;
    out.bits(literalCodes[257 + lengthIndex]!, literalLengths[257 + lengthIndex]!);
    out.bits(length - LENGTH_BASE[lengthIndex]!, LENGTH_EXTRA[lengthIndex]!);
    const distance = token & 0xffff;
    const far = distanceSymbol(distance);
    out.bits(distanceCodes[far]!, distanceLengths[far]!);
    out.bits(distance - DISTANCE_BASE[far]!, DISTANCE_EXTRA[far]!);
  }
  out.bits(literalCodes[256]!, literalLengths[256]!);
}

/** The two codes of a dynamic block, described by a third (RFC 1951 section 3.2.7). */
function describeCodes(literals: Uint8Array, distances: Uint8Array) {
  const literalCount = Math.max(257, lastUsed(literals) + 1);
  const distanceCount = Math.max(1, lastUsed(distances) + 1);
  const lengths = [...literals.subarray(0, literalCount), ...distances.subarray(0, distanceCount)];
  const symbols = runLengths(lengths);
  const counts = new Uint32Array(19);
  for (const [symbol] of symbols) counts[symbol]!++;
  const codeLengths = huffmanLengths(counts, 7);
  let given = 19;
  while (given > 4 && codeLengths[CODE_ORDER[given - 1]!] === 0) given--;
  const bits = 14 + 3 * given + weigh(counts, codeLengths) +
    symbols.reduce((sum, [, , width]) => sum + width, 0);
  return {
    bits,
    write(out: BitWriter): void {
      out.bits(literalCount - 257, 5);
      out.bits(distanceCount - 1, 5);
      out.bits(given - 4, 4);
      for (let i = 0; i < given; i++) out.bits(codeLengths[CODE_ORDER[i]!]!, 3);
      const codes = reversedCodes(codeLengths);
      for (const [symbol, more, width] of symbols) {
        out.bits(codes[symbol]!, codeLengths[symbol]!);
        out.bits(more, width);
      }
    },
  };
}

/** Lengths with their repetitions folded: symbol, extra value, extra bits. */
function runLengths(lengths: readonly number[]): [number, number, number][] {
  const symbols: [number, number, number][] = [];
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at]!;
    let run = 1;
    while (at + run < lengths.length && lengths[at + run] === length) run++;
    at += run;
    if (length !== 0) {
      symbols.push([length, 0, 0]);
      run--;
    }
    const most = length === 0 ? 138 : 6;
    while (run >= 3) {
      const part = Math.min(run, most);
      symbols.push(length !== 0 ? [16, part - 3, 2] : part <= 10 ? [17, part - 3, 3] : [18, part - 11, 7]);
      run -= part;
    }
    for (; run > 0; run--) symbols.push([length, 0, 0]);
  }
  return symbols;
}

function lastUsed(lengths: Uint8Array): number {
  let last = lengths.length - 1;
  while (last >= 0 && lengths[last] === 0) last--;
  return last;
}

/** Bits that all symbols take by these code lengths; a symbol without a code counts as too many. */
function weigh(counts: Uint32Array, lengths: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < counts.length; i++) bits += counts[i]! * lengths[i]!;
  return bits;
}

function extraBits(literals: Uint32Array, distances: Uint32Array): number {
  let bits = 0;
  for (let i = 0; i < 29; i++) bits += literals[257 + i]! * LENGTH_EXTRA[i]!;
  for (let i = 0; i < 30; i++) bits += distances[i]! * DISTANCE_EXTRA[i]!;
  return bits;
}

/** The codes that need no description (RFC 1951 section 3.2.6). */
const FIXED_LITERALS = Uint8Array.from(
  { length: 288 },
  (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
);
const FIXED_DISTANCES = new Uint8Array(30).fill(5);
