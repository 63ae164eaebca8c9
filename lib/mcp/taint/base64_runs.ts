import { collectParts, type ReadableParts } from "./readable.ts";
import { Scratch } from "./scratch.ts";

/*
 * Base64 within a text, in both alphabets of RFC 4648, with or without padding. Where a run begins is unknown: in
 * `/collect/YWxpY2U` the path belongs to the alphabet too. So each run is decoded at all four offsets, and only
 * readable parts are kept; at a wrong offset there are none.
 */

/** Shorter runs hold less than a short host name. */
const LEAST = 6;

const VALUES = new Int8Array(128).fill(-1);
for (const [i, char] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  VALUES[char.charCodeAt(0)] = i;
}
VALUES[0x2d] = 62; // "-"
VALUES[0x5f] = 63; // "_"

const DIGITS = new Scratch();

/** The readable parts of all base64 in a text. */
export function decodeBase64Runs(text: string): string[] {
  const digits = DIGITS.take(text.length);
  const readable = collectParts(text.length);
  for (let at = 0; at < text.length;) {
    let size = 0;
    for (; at < text.length; at++) {
      let value = valueAt(text, at);
      // However short its lines are: whoever wraps it chooses that. Of two values in lines of their own each is read at
      // one of the offsets.
      if (value < 0 && size > 0) {
        const next = nextLine(text, at);
        value = valueAt(text, next);
        if (value >= 0) at = next;
      }
      if (value < 0) break;
      digits[size++] = value;
    }
    at++; // no digit
    if (size < LEAST) continue;
    for (let offset = 0; offset < 4; offset++) addBytes(digits, offset, size, readable);
  }
  return readable.parts;
}

function valueAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? VALUES[code]! : -1;
}

/** Where the next line begins, without blanks around the line end; the same position if no line ends here. */
function nextLine(text: string, at: number): number {
  let next = at;
  while (text[next] === " " || text[next] === "\t") next++;
  if (text[next] === "\r") next++;
  if (text[next] !== "\n") return at;
  next++;
  while (text[next] === " " || text[next] === "\t") next++;
  return next;
}

/** Add the bytes that digits stand for from an offset on. */
function addBytes(digits: Uint8Array, offset: number, size: number, readable: ReadableParts): void {
  let bits = 0;
  let held = 0;
  for (let i = offset; i < size; i++) {
    bits = (bits << 6 | digits[i]!) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    readable.add(bits >> held & 0xff);
  }
  readable.end();
}
