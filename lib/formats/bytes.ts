/** Encode a text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

const encoder = new TextEncoder();
const replacing = new TextDecoder("utf-8", { ignoreBOM: true });
const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decode UTF-8; throws if it is invalid. The runtime takes seven times as long where a decoder has to throw. */
function decodeOrThrow(bytes: Uint8Array): string {
  const text = replacing.decode(bytes);
  // INVARIANT: without a U+FFFD nothing was replaced, so all of it was valid.
  return text.includes("\ufffd") ? fatal.decode(bytes) : text;
}

/**
 * Decode UTF-8; each byte that is not part of a valid sequence becomes U+FFFD (docs/spec/core.md 1.1).
 *
 * `TextDecoder` replaces several invalid bytes with a single U+FFFD, so invalid input is repaired first. A BOM is
 * kept, because no format here allows one.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decodeOrThrow(bytes);
  } catch {
    return decodeMarkingBadBytes(bytes);
  }
}

/** Decode UTF-8, or return `undefined` if it is invalid. */
export function decodeUtf8Strict(bytes: Uint8Array): string | undefined {
  try {
    return decodeOrThrow(bytes);
  } catch {
    return undefined;
  }
}

function decodeMarkingBadBytes(bytes: Uint8Array): string {
  const marked = new Uint8Array(MARK.length * bytes.length);
  let size = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) { for (const byte of MARK) marked[size++] = byte; }
    else for (let i = 0; i < length; i++) marked[size++] = bytes[at + i]!;
    at += Math.max(length, 1);
  }
  return fatal.decode(marked.subarray(0, size));
}

/** U+FFFD in UTF-8. */
const MARK = [0xef, 0xbf, 0xbd] as const;

/** Length of the valid sequence at an offset; 0 if there is none (Unicode, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const surrogate = first === 0xed && second > 0x9f;
  const tooLarge = first === 0xf4 && second > 0x8f;
  return overlong || surrogate || tooLarge ? 0 : length;
}

/** Encode bytes as lower-case hex. Native where available: the HTML export may be opened in an older browser. */
export function hex(bytes: Uint8Array): string {
  return "toHex" in bytes ? bytes.toHex() : hexByHand(bytes);
}

/** {@linkcode hex} without the native method. */
export function hexByHand(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Decode hex of even length, or return `undefined`. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = nibble(text.charCodeAt(2 * i)) << 4 | nibble(text.charCodeAt(2 * i + 1));
    if (byte < 0) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** Value of a hex digit; negative for any other character. */
function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encode standard base64 with padding (RFC 4648 section 4). Not with `btoa`, whose first call takes a millisecond. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]];
    const bits = a << 16 | (b ?? 0) << 8 | (c ?? 0);
    text += BASE64[bits >> 18]! + BASE64[bits >> 12 & 63]! +
      (b === undefined ? "=" : BASE64[bits >> 6 & 63]!) + (c === undefined ? "=" : BASE64[bits & 63]!);
  }
  return text;
}

/**
 * Decode standard, padded base64 without white space, or return `undefined`. Unused trailing bits must be zero, so
 * that every value has a single encoding.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array(text.length / 4 * 3 - padding);
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    bits = bits << 6 | Math.max(0, BASE64.indexOf(text[i]!));
    if (i % 4 !== 3) continue;
    for (const shift of [16, 8, 0]) {
      if (at < bytes.length) bytes[at++] = bits >> shift;
    }
    bits = 0;
  }
  return base64(bytes) === text ? bytes : undefined;
}

/** Compare two texts by their UTF-8 bytes, the order of every sorted list in an artifact (docs/spec/core.md 1.3). */
export function compareBytewise(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a === b) continue;
    // Surrogates encode code points above U+FFFF, so they sort after all other units.
    const aHigh = a >= 0xd800 && a <= 0xdfff;
    const bHigh = b >= 0xd800 && b <= 0xdfff;
    return aHigh === bHigh ? a - b : aHigh ? 1 : -1;
  }
  return left.length - right.length;
}

/** Trim, drop empty, drop repeated, sort by bytes: "unique-sorted" of docs/spec/core.md 1.3. */
export function uniqueSorted(texts: Iterable<string>): string[] {
  const kept = new Set<string>();
  for (const text of texts) {
    const trimmed = text.trim();
    if (trimmed !== "") kept.add(trimmed);
  }
  return [...kept].sort(compareBytewise);
}

/** Compare byte strings in time that depends only on their length. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left[i]! ^ right[i]!;
  return difference === 0;
}

/** Concatenate byte strings. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
