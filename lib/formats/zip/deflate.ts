import { align, type BitWriter, bitWriter, reserve } from "./bit_writer.ts";
import { MAX_STORED, writeBlock } from "./deflate_block.ts";

/*
 * Deflate (RFC 1951) of our own. The platform's compressor gives other bytes with another version, build or processor,
 * and evidence must have one form: the same files, the same bytes, anywhere and for good. INVARIANT: the output depends
 * on the content alone, not on the pieces in which it comes; deflate_test.ts pins it.
 */

/** Symbols of one block at most. */
const BLOCK_TOKENS = 1 << 15;
/** How far back a match may begin (RFC 1951 section 2). */
const WINDOW = 1 << 15;
/** Bytes that are looked at together; no match reaches over their end. */
const SEGMENT = 1 << 18;
const HASH_BITS = 15;
const MIN_MATCH = 4;
const MAX_MATCH = 258;
/** Earlier places that are tried for a match; more find longer ones, at the price of time. */
const MAX_TRIES = 4;
/** A match of this length is taken without a look at others. */
const GOOD_MATCH = 32;

/** Compresses a stream of bytes as it comes. */
export interface Deflater {
  push(chunk: Uint8Array): void;
  /** The whole raw deflate stream. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Compress bytes as one raw deflate stream. */
export function deflate(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const deflater = makeDeflater(content.length);
  deflater.push(content);
  return deflater.finish();
}

/** One raw deflate stream that holds the bytes as they are, in pieces: none of them is copied. */
export function storedPieces(content: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < content.length; at += MAX_STORED) {
    const part = content.subarray(at, at + MAX_STORED);
    const last = at + MAX_STORED >= content.length ? 1 : 0;
    const [low, high] = [part.length & 0xff, part.length >> 8];
    pieces.push(Uint8Array.of(last, low, high, low ^ 0xff, high ^ 0xff), part);
  }
  return pieces;
}

/** Compress a stream whose size is about `expected` bytes. */
export function makeDeflater(expected = SEGMENT): Deflater {
  const state: State = {
    writer: bitWriter(Math.min(expected, 1 << 24) >> 3),
    buffer: new Uint8Array(WINDOW + Math.min(SEGMENT, Math.max(expected, 1024))),
    filled: 0,
    base: 0,
    next: 0,
    head: new Int32Array(1 << HASH_BITS).fill(-WINDOW - 1),
    previous: new Int32Array(WINDOW),
    tokens: new Uint32Array(BLOCK_TOKENS),
  };
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        // The buffer is full at the same places however the chunks are cut.
        if (state.filled === roomOf(state)) compress(state, false);
        const part = chunk.subarray(at, at + roomOf(state) - state.filled);
        if (state.filled + part.length > state.buffer.length) growBuffer(state);
        state.buffer.set(part, state.filled);
        state.filled += part.length;
        at += part.length;
      }
    },
    finish() {
      compress(state, true);
      reserve(state.writer, 1);
      align(state.writer);
      return state.writer.out.slice(0, state.writer.length);
    },
  };
}

interface State {
  readonly writer: BitWriter;
  /** The window that was compressed already, then the segment to compress. */
  buffer: Uint8Array<ArrayBuffer>;
  filled: number;
  /** Position in the whole stream of the first byte of the buffer. */
  base: number;
  /** Where in the buffer the segment begins. */
  next: number;
  /** Last place of each hash, and the place before of each place: positions in the whole stream. */
  readonly head: Int32Array;
  readonly previous: Int32Array;
  readonly tokens: Uint32Array;
}

/** How far the buffer may be filled before the next segment is due. */
function roomOf({ next }: State): number {
  return next + SEGMENT;
}

function growBuffer(state: State): void {
  const larger = new Uint8Array(WINDOW + SEGMENT);
  larger.set(state.buffer.subarray(0, state.filled));
  state.buffer = larger;
}

/** Compress the segment, then keep its end as the window of the next one. */
function compress(state: State, last: boolean): void {
  const end = state.filled;
  let at = state.next;
  do {
    const start = at;
    const { count, reached } = findTokens(state, at, end);
    at = reached;
    const tokens = state.tokens.subarray(0, count);
    writeBlock(state.writer, state.buffer.subarray(start, at), tokens, last && at === end);
  } while (at < end);
  const kept = Math.min(WINDOW, end);
  state.buffer.copyWithin(0, end - kept, end);
  state.base += end - kept;
  state.filled = state.next = kept;
}

/** Turn bytes into literals and matches, until the block is full. Everything hot is in variables of its own. */
function findTokens(state: State, start: number, end: number): { count: number; reached: number } {
  const { buffer, base, head, previous, tokens } = state;
  const hashable = end - MIN_MATCH;
  let count = 0;
  let at = start;
  let misses = 0;
  while (at < end && count < BLOCK_TOKENS) {
    let length = 0;
    let distance = 0;
    if (at <= hashable) {
      const word = buffer[at]! | buffer[at + 1]! << 8 | buffer[at + 2]! << 16 | buffer[at + 3]! << 24;
      const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
      const place = base + at;
      let candidate = head[slot]!;
      previous[place & (WINDOW - 1)] = candidate;
      head[slot] = place;
      const longest = Math.min(MAX_MATCH, end - at);
      for (let tries = MAX_TRIES; tries > 0 && place - candidate <= WINDOW; tries--) {
        const from = candidate - base;
        // A longer match must agree in the byte behind the best one so far.
        if (buffer[from + length] === buffer[at + length]) {
          let same = 0;
          while (same < longest && buffer[from + same] === buffer[at + same]) same++;
          if (same > length) {
            length = same;
            distance = place - candidate;
            if (same >= GOOD_MATCH) break;
          }
        }
        const before = previous[candidate & (WINDOW - 1)]!;
        if (before >= candidate) break; // the place was written over: the chain ends
        candidate = before;
      }
    }
    if (length >= MIN_MATCH) {
      tokens[count++] = length << 16 | distance;
      // Places inside a match are remembered, too, but not all of a long one.
      const stop = Math.min(at + length, hashable + 1);
      const step = length > 16 ? 4 : 1;
      for (let i = at + step; i < stop; i += step) {
        const word = buffer[i]! | buffer[i + 1]! << 8 | buffer[i + 2]! << 16 | buffer[i + 3]! << 24;
        const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
        previous[(base + i) & (WINDOW - 1)] = head[slot]!;
        head[slot] = base + i;
      }
      at += length;
      misses = 0;
    } else {
      // What does not repeat is stepped through faster and faster: it is most likely compressed already.
      const run = Math.min(1 + (misses++ >> 6), 32, end - at, BLOCK_TOKENS - count);
      for (let i = 0; i < run; i++) tokens[count++] = buffer[at++]!;
    }
  }
  return { count, reached: at };
}
