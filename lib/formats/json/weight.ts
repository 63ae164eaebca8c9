/*
 * Estimates the memory of a parsed JSON text: `[[],[],…]` takes twenty times its size once parsed, so a limit on
 * bytes does not limit memory. Computed before parsing, from the characters that begin or separate values, and never
 * much too low. Characters inside of strings are counted too.
 */

/** Estimated bytes of memory for the values of a JSON or JSONL text. */
export function jsonWeight(bytes: Uint8Array): number {
  let weight = bytes.length;
  for (let at = 0; at < bytes.length; at++) weight += WEIGHTS[bytes[at]!]!;
  return weight;
}

/** {@linkcode jsonWeight} of a text; skipped for a text too short to reach the limit. */
export function textWeight(text: string, limit: number): number {
  if (text.length * (1 + HEAVIEST) <= limit) return text.length;
  let weight = text.length;
  for (let at = 0; at < text.length; at++) weight += WEIGHTS[text.charCodeAt(at)] ?? 0;
  return weight;
}

/** An object, which may be filled with defaults when it is read. */
const HEAVIEST = 256;

/** Bytes per value besides its characters, by the character that indicates it. */
const WEIGHTS = new Uint16Array(256);
WEIGHTS[0x7b /* { */] = HEAVIEST;
WEIGHTS[0x5b /* [ */] = 48;
WEIGHTS[0x2c /* , */] = 8;
WEIGHTS[0x3a /* : */] = 8;
WEIGHTS[0x22 /* " */] = 12; // a text has two
