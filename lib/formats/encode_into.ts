/** Most bytes of UTF-8 for a UTF-16 unit. */
export const WIDEST = 3;

/**
 * Encode a text as UTF-8 into bytes that have {@linkcode WIDEST} times as much room from `at` on. Most texts are short
 * and ASCII: calling the runtime for each would take longer than writing it.
 *
 * @returns where it ends
 */
export function encodeInto(text: string, bytes: Uint8Array, at: number): number {
  const { length } = text;
  if (length <= SHORT) {
    for (let i = 0;; i++) {
      if (i === length) return at + length;
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      bytes[at + i] = unit;
    }
  }
  return at + encoder.encodeInto(text, bytes.subarray(at)).written;
}

const SHORT = 256;
const encoder = new TextEncoder();
