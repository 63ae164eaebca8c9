import { CODE_ORDER, DISTANCE_BASE, DISTANCE_EXTRA, LENGTH_BASE, LENGTH_EXTRA } from "./inflate_tables.ts";

/*
 * An own implementation of inflate (RFC 1951). The built-in stream class takes 4 ms to start, a third of a
 * verification. This one starts at once and, unlike the built-in one, detects truncated streams and trailing data.
 * For large entries the built-in one is faster.
 */

/** How far back a match may reach (RFC 1951 section 2). */
const WINDOW = 1 << 15;

/** The longest output of one match. */
const LONGEST_MATCH = 258;
const LONGEST_STORED = 0xffff;

/** Output bytes per piece. */
export const INFLATED_PIECE = 1 << 18;

/**
 * Inflate a small raw deflate stream at once.
 *
 * @param size declared size in bytes; not one byte more is ever written
 * @returns the content, or `undefined` when the stream is damaged or has another length
 */
export function inflateSmall(packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> | undefined {
  const state = begin(packed, new Uint8Array(size), Infinity);
  const steps = unfold(state);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value && state.written === size ? state.out : undefined;
  }
}

/**
 * Inflate a raw deflate stream of any size in pieces with separate buffers: a bomb is detected while it expands, and
 * only one piece is in memory (docs/threat_model.md 2).
 *
 * @param size declared size in bytes; no more bytes are ever returned
 * @returns whether the stream is valid and of the declared length
 */
export function* inflatePieces(
  packed: Uint8Array,
  size: number,
): Generator<Uint8Array<ArrayBuffer>, boolean> {
  const capacity = WINDOW + INFLATED_PIECE;
  const state = begin(packed, new Uint8Array(capacity), capacity - LONGEST_MATCH);
  const steps = unfold(state);
  let total = 0;
  let from = 0; // already returned bytes before this offset are the window
  for (;;) {
    const { done, value } = steps.next();
    const piece = state.out.subarray(from, state.written);
    total += piece.length;
    if (done && value !== true || total > size) return false;
    if (piece.length > 0) yield piece;
    if (done) return total === size;
    const window = state.out.subarray(Math.max(0, state.written - WINDOW), state.written);
    state.out = new Uint8Array(capacity);
    state.out.set(window);
    state.written = from = window.length;
  }
}

/** Inflate a stream; yields when the buffer is full. Returns whether the stream is valid and of the declared length. */
function* unfold(state: State): Generator<undefined, boolean> {
  for (let last = 0; last === 0;) {
    last = take(state, 1);
    const type = take(state, 2);
    if (last < 0) return false;
    if (type === 0) {
      if (state.written + LONGEST_STORED > state.pauseAt) yield;
      if (!stored(state)) return false;
      continue;
    }
    const codes = type === 1 ? fixedCodes() : type === 2 ? dynamicCodes(state) : undefined;
    if (!codes) return false;
    for (;;) {
      const step = compressed(state, ...codes);
      if (step === "damaged") return false;
      if (step === "ended") break;
      yield;
    }
  }
  // INVARIANT: the stream fills its entry to the last bit: padding, which readers ignore, must be zero.
  return state.at - (state.count >> 3) === state.packed.length && state.bits === 0;
}

function begin(packed: Uint8Array, out: Uint8Array<ArrayBuffer>, pauseAt: number): State {
  return { packed, at: 0, bits: 0, count: 0, out, written: 0, pauseAt };
}

/** The state of reading a stream. */
interface State {
  readonly packed: Uint8Array;
  /** Next input byte. */
  at: number;
  /** Unconsumed bits, lowest first, and their number. */
  bits: number;
  count: number;
  out: Uint8Array<ArrayBuffer>;
  written: number;
  /** From this offset of `out`, yield before writing a match. */
  readonly pauseAt: number;
}

/** A Huffman code as a lookup table: the next `width` bits give a symbol times 16 plus its code length, or 0. */
interface Code {
  readonly width: number;
  readonly table: Uint16Array;
}

/** Read bits as a number; -1 at the end of the stream. */
function take(state: State, wanted: number): number {
  while (state.count < wanted) {
    if (state.at >= state.packed.length) return -1;
    state.bits |= state.packed[state.at++]! << state.count;
    state.count += 8;
  }
  const value = state.bits & ((1 << wanted) - 1);
  state.bits >>>= wanted;
  state.count -= wanted;
  return value;
}

/** Decode the next symbol; -1 if there is none. */
function symbol(state: State, { width, table }: Code): number {
  while (state.count < width && state.at < state.packed.length) {
    state.bits |= state.packed[state.at++]! << state.count;
    state.count += 8;
  }
  const found = table[state.bits & ((1 << width) - 1)]!;
  const length = found & 15;
  if (length === 0 || length > state.count) return -1;
  state.bits >>>= length;
  state.count -= length;
  return found >> 4;
}

function stored(state: State): boolean {
  if ((state.bits & ((1 << (state.count & 7)) - 1)) !== 0) return false;
  state.at -= state.count >> 3; // unread unread whole bytes that were read ahead; the rest of the byte is padding
  state.bits = state.count = 0;
  const { packed, out, at, written } = state;
  if (at + 4 > packed.length) return false;
  const length = packed[at]! | packed[at + 1]! << 8;
  const check = packed[at + 2]! | packed[at + 3]! << 8;
  const end = at + 4 + length;
  if ((length ^ check) !== 0xffff || end > packed.length || written + length > out.length) return false;
  out.set(packed.subarray(at + 4, end), written);
  state.at = end;
  state.written += length;
  return true;
}

/** Read the codes of a dynamic block; `undefined` if they are invalid. */
function dynamicCodes(state: State): [Code, Code] | undefined {
  const [literals, distances, codes] = [take(state, 5) + 257, take(state, 5) + 1, take(state, 4) + 4];
  if (literals < 257 || distances < 1 || codes < 4 || literals > 286 || distances > 30) return undefined;
  const lengths = new Uint8Array(19);
  for (let i = 0; i < codes; i++) {
    const length = take(state, 3);
    if (length < 0) return undefined;
    lengths[CODE_ORDER[i]!] = length;
  }
  const code = makeCode(lengths);
  if (!code) return undefined;
  const all = new Uint8Array(literals + distances);
  for (let i = 0; i < all.length;) {
    const value = symbol(state, code);
    if (value < 0) return undefined;
    if (value < 16) {
      all[i++] = value;
      continue;
    }
    if (value === 16 && i === 0) return undefined;
    const previous = value === 16 ? all[i - 1]! : 0;
    const more = take(state, value === 16 ? 2 : value === 17 ? 3 : 7);
    const repeat = more + (value === 18 ? 11 : 3);
    if (more < 0 || i + repeat > all.length) return undefined;
    all.fill(previous, i, i + repeat);
    i += repeat;
  }
  const literalCode = makeCode(all.subarray(0, literals));
  const distanceCode = makeCode(all.subarray(literals));
  return all[256] !== 0 && literalCode && distanceCode ? [literalCode, distanceCode] : undefined;
}

/** Inflate a compressed block. The hot loop keeps the state in local variables, which is twice as fast. */
function compressed(state: State, literals: Code, distances: Code): "ended" | "full" | "damaged" {
  const { packed, out, pauseAt } = state;
  const { width, table } = literals;
  let { at, bits, count, written } = state;
  while (written <= pauseAt) {
    while (count < 15 && at < packed.length) {
      bits |= packed[at++]! << count;
      count += 8;
    }
    const found = table[bits & ((1 << width) - 1)]!;
    const used = found & 15;
    if (used === 0 || used > count) return "damaged";
    bits >>>= used;
    count -= used;
    const value = found >> 4;
    if (value < 256) {
      if (written >= out.length) return "damaged";
      out[written++] = value;
      continue;
    }
    state.at = at;
    state.bits = bits;
    state.count = count;
    state.written = written;
    if (value === 256) return "ended";
    if (!repeat(state, value - 257, distances)) return "damaged";
    ({ at, bits, count, written } = state);
  }
  state.at = at;
  state.bits = bits;
  state.count = count;
  state.written = written;
  return "full";
}

/** Copy from a distance back; the source may overlap the destination. */
function repeat(state: State, lengthIndex: number, distances: Code): boolean {
  const base = LENGTH_BASE[lengthIndex];
  const more = base === undefined ? -1 : take(state, LENGTH_EXTRA[lengthIndex]!);
  const far = symbol(state, distances);
  const farBase = DISTANCE_BASE[far];
  const farMore = farBase === undefined ? -1 : take(state, DISTANCE_EXTRA[far]!);
  if (more < 0 || farMore < 0) return false;
  const { out, written } = state;
  const [length, distance] = [base! + more, farBase! + farMore];
  if (distance > written || written + length > out.length) return false;
  if (distance >= length) out.copyWithin(written, written - distance, written - distance + length);
  else if (distance === 1) out.fill(out[written - 1]!, written, written + length);
  else for (let i = written; i < written + length; i++) out[i] = out[i - distance]!;
  state.written += length;
  return true;
}

/**
 * Build the code for these lengths; `undefined` if they are oversubscribed. Codes are consecutive within a length and
 * double for the next length (section 3.2.2). Their first bit is the lowest, so the table for one more bit is the
 * same table twice.
 */
function makeCode(lengths: Uint8Array): Code | undefined {
  let width = 1;
  for (const length of lengths) if (length > width) width = length;
  const table = new Uint16Array(1 << width);
  let code = 0; // the next free code, with its bits in stream order
  let free = 1;
  for (let length = 1; length <= width; length++) {
    const top = 1 << (length - 1);
    table.copyWithin(top, 0, top);
    free *= 2;
    for (let value = lengths.indexOf(length); value >= 0; value = lengths.indexOf(length, value + 1)) {
      if (free-- === 0) return undefined;
      table[code] = value << 4 | length;
      let bit = top;
      while (code & bit) {
        code ^= bit;
        bit >>= 1;
      }
      code |= bit;
    }
  }
  return { width, table };
}

let fixed: [Code, Code] | undefined;

/** The fixed codes (RFC 1951 section 3.2.6). */
function fixedCodes(): [Code, Code] {
  return fixed ??= [
    makeCode(Uint8Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))!,
    makeCode(new Uint8Array(30).fill(5))!,
  ];
}
