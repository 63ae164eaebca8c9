/**
 * Write what an escape stands for in the canonical form, which escapes quotes, backslashes and control characters alone
 * (RFC 8785 section 3.2.2.2).
 *
 * @returns how many bytes were read, times 16, plus how many were written, which are never more; 0 for half of a
 * surrogate pair, and for what is no escape
 */
export function rewriteEscape(
  source: Uint8Array,
  at: number,
  end: number,
  target: Uint8Array,
  to: number,
): number {
  if (at + 1 >= end) return 0;
  const letter = source[at + 1]!;
  switch (letter) {
    case 0x2f /* / */:
      target[to] = letter;
      return 2 << 4 | 1;
    case 0x22 /* " */:
    case 0x5c /* \ */:
    case 0x62 /* b */:
    case 0x66 /* f */:
    case 0x6e /* n */:
    case 0x72 /* r */:
    case 0x74 /* t */:
      target[to] = 0x5c;
      target[to + 1] = letter;
      return 2 << 4 | 2;
    case 0x75 /* u */:
      break;
    default:
      return 0;
  }
  const unit = unitAt(source, at, end);
  if (unit < 0) return 0;
  if (unit < 0xd800 || unit > 0xdfff) return ESCAPE << 4 | writeCharacter(unit, target, to);
  const low = unit < 0xdc00 ? unitAt(source, at + ESCAPE, end) : -1;
  if (low < 0xdc00 || low > 0xdfff) return 0;
  return 2 * ESCAPE << 4 | writeCharacter(0x10000 + (unit - 0xd800 << 10) + low - 0xdc00, target, to);
}

/** Bytes of an escape with four digits. */
const ESCAPE = 6;

/** The UTF-16 unit of an escape with four digits; -1 if none stands there. */
function unitAt(source: Uint8Array, at: number, end: number): number {
  if (at + ESCAPE > end || source[at] !== 0x5c || source[at + 1] !== 0x75) return -1;
  let unit = 0;
  for (let i = at + 2; i < at + ESCAPE; i++) {
    const digit = VALUES[source[i]!]!;
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

/** Values of hex digits by their character; -1 for others. */
const VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  VALUES[digit.charCodeAt(0)] = VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Write a character as the inside of a canonical text; the number of bytes. Those that stand for themselves are not given
 * to the runtime, which takes ten times as long: programs that escape all but ASCII write whole documents so.
 */
function writeCharacter(code: number, target: Uint8Array, to: number): number {
  if (code >= 0x80) return writeUtf8(code, target, to);
  if (code >= 0x20 && code !== QUOTE && code !== BACKSLASH) {
    target[to] = code;
    return 1;
  }
  const text = encoder.encode(JSON.stringify(String.fromCodePoint(code)));
  target.set(text.subarray(1, -1), to);
  return text.length - 2;
}

const encoder = new TextEncoder();

/** Write a character beyond ASCII, which is no half of a surrogate pair. */
function writeUtf8(code: number, target: Uint8Array, to: number): number {
  const size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (let i = size - 1; i > 0; i--) {
    target[to + i] = 0x80 | code & 0x3f;
    code >>= 6;
  }
  target[to] = LEADING[size]! | code;
  return size;
}

/** Bits at the start of a character of so many bytes. */
const LEADING = [0, 0, 0xc0, 0xe0, 0xf0];

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
