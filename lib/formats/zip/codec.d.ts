/**
 * What the codec of zip.js exports: zlib, compiled to WebAssembly. A stream is known by its handle, and bytes by where
 * they stand in the memory, which does not grow: it holds some thirty streams.
 */
export interface Codec {
  readonly memory: WebAssembly.Memory;

  /** Where so many bytes are free; 0 if there are none. */
  malloc(size: number): number;

  /** A stream that compresses; 0 if there is no memory for it. */
  deflate_new(): number;

  /** Set its level, -1 for the default; 0, or a negative status of zlib. */
  deflate_init_raw(stream: number, level: number): number;

  /**
   * Compress what fits.
   *
   * @param flush 4 to end the stream, else 0
   * @returns the number of bytes that it wrote in the lower 24 bits, above them the status of zlib: 1 at the end of the
   * stream, negative for an error
   */
  deflate_process(
    stream: number,
    from: number,
    size: number,
    to: number,
    room: number,
    flush: number,
  ): number;

  /** How many bytes it took the last time. */
  deflate_last_consumed(stream: number): number;

  /** Give back its memory. */
  deflate_end(stream: number): number;
}

/** A codec with a memory of its own. */
export function newCodec(): Codec;
