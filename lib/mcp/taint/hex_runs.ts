import { collectParts } from "./readable.ts";
import { Scratch } from "./scratch.ts";

/** Shorter runs hold less than a short host name. */
const LEAST = 8;

/** Between bytes; forms write `+` for a blank. */
const SEPARATORS: ReadonlySet<string> = new Set(" +,:;-\n\r\t");

/** As many as there are: white space in a row counts as one blank. */
const BLANKS: ReadonlySet<string> = new Set(" +\n\r\t");

const DIGITS = new Scratch();

/**
 * The readable parts of all hex in a text: `68656c6c6f`, `68 65 6c`, `68:65:6c`, `0x68, 0x65`, `\x68\x65`. A run is
 * decoded at both offsets, because a digit before it may belong to something else.
 */
export function decodeHexRuns(text: string): string[] {
  const readable = collectParts(text.length);
  const digits = DIGITS.take(text.length);
  for (let at = 0; at < text.length;) {
    if (digitAt(text, at) < 0) {
      at++;
      continue;
    }
    let size = 0;
    for (; at < text.length;) {
      // The prefix of a number, not a digit: "0x".
      if (text[at] === "0" && isX(text, at + 1)) {
        at += 2;
        continue;
      }
      const digit = digitAt(text, at);
      if (digit >= 0) {
        digits[size++] = digit;
        at++;
        continue;
      }
      const next = afterSeparator(text, at);
      if (next === at || digitAt(text, next) < 0) break;
      at = next;
    }
    if (size < LEAST) continue;
    for (let offset = 0; offset < 2; offset++) {
      for (let i = offset; i + 1 < size; i += 2) readable.add(digits[i]! << 4 | digits[i + 1]!);
      readable.end();
    }
  }
  return readable.parts;
}

/** Where hex goes on behind a separator of bytes; the same position if there is none. */
function afterSeparator(text: string, at: number): number {
  let next = at;
  if (next < text.length && SEPARATORS.has(text[next]!)) next++;
  while (next < text.length && BLANKS.has(text[next]!)) next++;
  if (text[next] === "\\" && isX(text, next + 1)) next += 2;
  return next;
}

function isX(text: string, at: number): boolean {
  return (text.charCodeAt(at) | 0x20) === 0x78;
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
