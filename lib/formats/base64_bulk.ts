import { base64, fromBase64 } from "./bytes.ts";

/*
 * Base64 of megabytes, by the methods of the engine where it has them. For small texts `bytes.ts` is as fast, and starts
 * faster.
 */

interface NativeBase64 {
  toBase64?(): string;
}

interface NativeFromBase64 {
  fromBase64?(text: string, options: { lastChunkHandling: "strict" }): Uint8Array<ArrayBuffer>;
}

/** Encode standard base64 with padding. */
export function base64Bulk(bytes: Uint8Array): string {
  return (bytes as NativeBase64).toBase64?.() ?? base64(bytes);
}

/** Decode standard, padded base64 without white space, or return `undefined`, as `fromBase64` does. */
export function fromBase64Bulk(text: string): Uint8Array<ArrayBuffer> | undefined {
  const native = Uint8Array as unknown as NativeFromBase64;
  if (native.fromBase64 === undefined) return fromBase64(text);
  try {
    const bytes = native.fromBase64(text, { lastChunkHandling: "strict" });
    const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    // The engine skips white space, so the length tells whether there was any.
    return bytes.length === text.length / 4 * 3 - padding ? bytes : undefined;
  } catch {
    return undefined;
  }
}
