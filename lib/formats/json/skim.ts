/*
 * Where parts of a JSON text end. Nothing is checked on the way: whoever uses a part checks it.
 */

/** Behind the text whose opening quote stands at `at`; `end` if it has no end. */
export function endOfString(bytes: Uint8Array, at: number, end: number): number {
  for (at++; at < end; at++) {
    const unit = bytes[at]!;
    if (unit === QUOTE) return at + 1;
    if (unit === BACKSLASH) at++;
  }
  return end;
}

/** The comma or bracket behind the value that begins at `at`; `end` if there is none. */
export function endOfValue(bytes: Uint8Array, at: number, end: number): number {
  for (let depth = 0; at < end;) {
    const unit = bytes[at]!;
    if (unit === QUOTE) {
      at = endOfString(bytes, at, end);
      continue;
    }
    // Both kinds of bracket differ by 0x20 alone.
    const bracket = unit | 0x20;
    if (bracket === OPEN) depth++;
    else if (bracket === CLOSE) {
      if (depth === 0) return at;
      depth--;
    } else if (unit === COMMA && depth === 0) return at;
    at++;
  }
  return end;
}

/** The next byte that is not blank. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const unit = bytes[at]!;
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) break;
    at++;
  }
  return at;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN, CLOSE] = [0x7b, 0x7d];
