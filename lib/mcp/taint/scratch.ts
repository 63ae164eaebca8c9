/** Texts of calls are rarely longer; memory for the bytes of a longer one is not kept. */
export const SHORT_BYTES = 4_096;

/**
 * Memory for the bytes of one text at a time. Each text of a call is decoded in several ways; memory of its own for every
 * way would be much of what a call leaves to collect.
 */
export class Scratch {
  readonly #kept = new Uint8Array(SHORT_BYTES);

  /** At least so many bytes, whatever they are; what was taken before must be done with. */
  take(length: number): Uint8Array {
    return length <= SHORT_BYTES ? this.#kept : new Uint8Array(length);
  }
}
