import { type Codec, newCodec } from "./codec.js";
import { type Crc32, crc32For } from "./crc32.ts";
import { LARGE } from "./form.ts";

/** Content that is compressed already, in pieces: joining them would hold it twice. */
export interface Deflated {
  readonly packed: readonly Uint8Array[];
  /** Number of bytes, and their CRC-32, before compression. */
  readonly size: number;
  readonly crc32: number;
}

/**
 * Compress content that is made piece by piece, so that it is never held as a whole. An entry may list the digest of
 * another that stands behind it in the archive: that one is compressed first, and put into its place later.
 *
 * @throws whatever making a piece throws
 */
export async function deflate(
  content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Deflated> {
  // What is made in pieces is meant to be large.
  const [pieces, size] = content instanceof Uint8Array ? [[content], content.length] : [content, undefined];
  const deflater = new Deflater(await crc32For(size ?? Infinity), size);
  try {
    for await (const piece of pieces) deflater.push(piece);
    deflater.end();
  } finally {
    deflater.abandon();
  }
  return deflater.result();
}

/** Bytes that are compressed at once. */
const INPUT = 64 * 1024;

/** Bytes of a compressed piece; the last one has fewer. */
const PACKED_PIECE = 256 * 1024;

/** Levels of zlib. Large content takes half the time, and a tenth more room (docs/performance.md). */
const LEVEL = { small: 6, large: 3 } as const;

/** What else is said to zlib or by it. */
const [NO_FLUSH, FINISH] = [0, 4];
const STREAM_END = 1;

/** A codec, and where it reads and writes. */
interface Workspace {
  readonly codec: Codec;
  readonly input: number;
  readonly output: number;
}

/** Codecs that nobody uses. One compresses one content at a time, so that any number can be compressed side by side. */
const idle: Workspace[] = [];

/** Most codecs that are kept, each of half a megabyte. */
const KEPT = 4;

function takeWorkspace(): Workspace {
  const known = idle.pop();
  if (known) return known;
  const codec = newCodec();
  return { codec, input: codec.malloc(INPUT), output: codec.malloc(PACKED_PIECE) };
}

/**
 * Compresses content while it is read for something else.
 *
 * It calls the codec of zip.js itself. The streams that zip.js has around it take a tenth of the time of compressing, and
 * copies of pieces wait in them, outside of the heap, until they are collected. The codec that zip.js has in JavaScript
 * takes ten times as long to load (docs/performance.md).
 */
export class Deflater {
  readonly #checksum: Crc32;
  readonly #packed: Uint8Array[] = [];
  /** Absent at the end. */
  #workspace: Workspace | undefined = takeWorkspace();
  /** zlib's handle; absent while it is not known which level the content has. */
  #stream: number | undefined;
  /** Copies of pieces from before that was known. */
  #held: Uint8Array[] = [];
  /** Bytes that wait at the output. */
  #waiting = 0;
  #size = 0;
  #crc32 = 0;
  #isWhole = false;
  #hasFailed = false;

  /**
   * @param crc32 the fastest for so many bytes
   * @param size the number of bytes to come, where it is known: then no beginning is held
   */
  constructor(crc32: Crc32, size?: number) {
    this.#checksum = crc32;
    if (size !== undefined) this.#begin(levelOf(size));
  }

  /** Compress a piece, which may change afterwards. */
  push(piece: Uint8Array): void {
    this.#open();
    this.#size += piece.length;
    this.#crc32 = this.#checksum(piece, this.#crc32);
    if (this.#stream === undefined && this.#size <= LARGE) {
      this.#held.push(piece.slice());
    } else {
      this.#begin(LEVEL.large);
      this.#compress(piece);
    }
  }

  end(): void {
    this.#begin(levelOf(this.#size));
    while (this.#process(this.#open().input, 0, FINISH) !== STREAM_END);
    this.#take();
    this.abandon();
    this.#isWhole = true;
  }

  /** Give up the content, unless it has come to its end: it can't be read. */
  abandon(): void {
    if (this.#workspace === undefined) return;
    if (this.#stream !== undefined) this.#workspace.codec.deflate_end(this.#stream);
    // Nobody knows what the memory of a codec holds that failed.
    if (!this.#hasFailed && idle.length < KEPT) idle.push(this.#workspace);
    this.#workspace = undefined;
  }

  /** The compressed content, after its end. */
  result(): Deflated {
    if (!this.#isWhole) throw new Error("Content that has not come to its end has no result");
    return { packed: this.#packed, size: this.#size, crc32: this.#crc32 };
  }

  /** Begin the compressed stream, unless it has begun, with the pieces that were held. */
  #begin(level: number): void {
    if (this.#stream !== undefined) return;
    const { codec } = this.#open();
    this.#stream = codec.deflate_new();
    const status = codec.deflate_init_raw(this.#stream, level);
    if (status !== 0) throw this.#failure(status);
    for (const piece of this.#held) this.#compress(piece);
    this.#held = [];
  }

  #compress(piece: Uint8Array): void {
    const { codec, input } = this.#open();
    for (let at = 0; at < piece.length; at += INPUT) {
      const part = piece.subarray(at, at + INPUT);
      new Uint8Array(codec.memory.buffer, input).set(part);
      for (let taken = 0; taken < part.length;) {
        this.#process(input + taken, part.length - taken, NO_FLUSH);
        taken += codec.deflate_last_consumed(this.#stream!);
      }
    }
  }

  /** Let the codec work once; the status of zlib. */
  #process(from: number, size: number, flush: number): number {
    const { codec, output } = this.#open();
    const room = PACKED_PIECE - this.#waiting;
    const result = codec.deflate_process(this.#stream!, from, size, output + this.#waiting, room, flush);
    const status = result >> 24;
    if (status < 0) throw this.#failure(status);
    this.#waiting += result & 0xffffff;
    if (this.#waiting === PACKED_PIECE) this.#take();
    return status;
  }

  #failure(status: number): Error {
    this.#hasFailed = true;
    return new Error(`Cannot compress: zlib reports ${status}`);
  }

  #open(): Workspace {
    if (this.#workspace === undefined) throw new Error("Content that has come to its end takes no more");
    return this.#workspace;
  }

  /** Copy what waits at the output. */
  #take(): void {
    if (this.#waiting === 0) return;
    const { codec, output } = this.#open();
    this.#packed.push(new Uint8Array(codec.memory.buffer, output, this.#waiting).slice());
    this.#waiting = 0;
  }
}

function levelOf(size: number): number {
  return size <= LARGE ? LEVEL.small : LEVEL.large;
}
