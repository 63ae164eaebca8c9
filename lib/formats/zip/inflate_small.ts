import { CODE_ORDER, DISTANCE_BASE, DISTANCE_EXTRA, LENGTH_BASE, LENGTH_EXTRA } from "./inflate_tables.ts";

/*
 * Inflate (RFC 1951) of our own. The stream class of the platform takes 4 ms to start, which is a third of a whole
 * verification; this takes none, and unlike the platform's it notices a stream that ends early or goes on behind its
 * end. For large entries the platform's is faster.
 */

/** How far back a match may reach (RFC 1951 section 2). */
const WINDOW = 1 << 15;

/** What one match or one stored block may add at most. */
const LONGEST_MATCH = 258;
const LONGEST_STORED = 0xffff;

/** Bytes that are unfolded before they are handed out. */
export const INFLATED_PIECE = 1 << 18;

/**
 * Inflate a small raw deflate stream in one go.
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
 * Inflate a raw deflate stream of any size piece by piece, each with memory of its own: a bomb is counted while it
 * unfolds, and only one piece of it is ever held (docs/threat_model.md 2).
 *
 * @param size declared size in bytes; not one byte more is ever handed out
 * @returns whether the stream is sound and as long as declared
 */
export function* inflatePieces(
  packed: Uint8Array,
  size: number,
): Generator<Uint8Array<ArrayBuffer>, boolean> {
  const capacity = WINDOW + INFLATED_PIECE;
  const state = begin(packed, new Uint8Array(capacity), capacity - LONGEST_MATCH);
  const steps = unfold(state);
  let total = 0;
  let from = 0; // what stands before was handed out: the window
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

/** Unfold a stream; a yield asks for room. Returns whether it is sound and fills its bytes. */
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
  // INVARIANT: the stream fills its entry, to the last bit: padding that no reader looks at is zero.
  return state.at - (state.count >> 3) === state.packed.length && state.bits === 0;
}

function begin(packed: Uint8Array, out: Uint8Array<ArrayBuffer>, pauseAt: number): State {
  return { packed, at: 0, bits: 0, count: 0, out, written: 0, pauseAt };
}

/** How far a stream was read. */
interface State {
  readonly packed: Uint8Array;
  /** Next input byte. */
  at: number;
  /** Bits that were read but not used yet, lowest first, and how many. */
  bits: number;
  count: number;
  out: Uint8Array<ArrayBuffer>;
  written: number;
  /** From this many bytes of `out` on, room is asked for before a match is written. */
  readonly pauseAt: number;
}

/** A Huffman code as a table: the next `width` bits give a symbol times 16 plus the length of its code, or 0. */
interface Code {
  readonly width: number;
  readonly table: Uint16Array;
}

/** The next bits as a number, -1 when the stream ends. */
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

/** The next symbol of a code, -1 when there is none. */
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
  state.at -= state.count >> 3; // whole bytes that were read ahead; the rest of the byte is padding
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

/** The codes that a block describes; `undefined` when the description is damaged. */
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

/** The block in which nearly all time goes; it keeps the state in variables of its own, which is twice as fast. */
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

/** Copy what stands some distance back; it may reach into what the copy itself writes. */
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
 * The code that these lengths describe; `undefined` when they give more codes than there are. Codes count up within
 * a length and double from one length to the next (section 3.2.2); they arrive with their first bit lowest, so the
 * table for one bit more is the table twice.
 */
function makeCode(lengths: Uint8Array): Code | undefined {
  let width = 1;
  for (const length of lengths) if (length > width) width = length;
  const table = new Uint16Array(1 << width);
  let code = 0; // the next free code, its bits in the order in which they arrive
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

/** The codes that need no description (RFC 1951 section 3.2.6). */
function fixedCodes(): [Code, Code] {
  return fixed ??= [
    makeCode(Uint8Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))!,
    makeCode(new Uint8Array(30).fill(5))!,
  ];
}
