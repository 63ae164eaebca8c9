/*
 * What a JSON text unfolds to: `[[],[],…]` takes twenty times the memory of its bytes once it is read, so a limit on
 * bytes alone is none on memory. Reckoned before anything is parsed, from the characters that begin or separate
 * values; never much too low, whatever the text holds. Characters inside of texts count as if they meant something.
 */

/** About how many bytes of memory the values of a JSON or JSONL text take when they are read. */
export function jsonWeight(bytes: Uint8Array): number {
  let weight = bytes.length;
  for (let at = 0; at < bytes.length; at++) weight += WEIGHTS[bytes[at]!]!;
  return weight;
}

/** {@linkcode jsonWeight} of a text; one that is too short to reach the limit is not looked at. */
export function textWeight(text: string, limit: number): number {
  if (text.length * (1 + HEAVIEST) <= limit) return text.length;
  let weight = text.length;
  for (let at = 0; at < text.length; at++) weight += WEIGHTS[text.charCodeAt(at)] ?? 0;
  return weight;
}

/** An object, which may get all its members by default where it is read. */
const HEAVIEST = 256;

/** Bytes that a value takes beside its characters, by the unit that tells of it. */
const WEIGHTS = new Uint16Array(256);
WEIGHTS[0x7b /* { */] = HEAVIEST;
WEIGHTS[0x5b /* [ */] = 48;
WEIGHTS[0x2c /* , */] = 8;
WEIGHTS[0x3a /* : */] = 8;
WEIGHTS[0x22 /* " */] = 12; // a text has two
