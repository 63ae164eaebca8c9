import { endOfString } from "./structure.ts";

/** Up to this many digits every number survives as a double. */
const SAFE_DIGITS = 15;

/**
 * The first number of a JSON text that a double does not hold exactly as it is written, so that reading and writing
 * it would give another number (anchors 5.3, item 9). The text must be valid JSON. Each character is looked at once:
 * a number may have a million digits.
 */
export function firstRounded(text: string): string | undefined {
  if (!/\d{6}|[eE]/.test(text)) return undefined;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    if (unit !== MINUS && !isDigit(unit)) continue;
    const start = at;
    while (at < text.length && isPartOfNumber(text.charCodeAt(at))) at++;
    const token = text.slice(start, at--);
    if (isRounded(token)) return token.slice(0, 80);
  }
  return undefined;
}

function isRounded(token: string): boolean {
  const written = digitsOf(token);
  if (written.digits.length <= SAFE_DIGITS && !/[eE]/.test(token)) return false;
  const kept = digitsOf(String(Number(token)));
  return written.digits !== kept.digits || written.exponent !== kept.exponent;
}

/** A number as its digits without zeros around them, and the power of ten of the last one. */
function digitsOf(token: string): { readonly digits: string; readonly exponent: number } {
  const mark = token.search(/[eE]/);
  const mantissa = token.slice(token.startsWith("-") ? 1 : 0, mark < 0 ? token.length : mark);
  const power = mark < 0 ? 0 : Number(token.slice(mark + 1));
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = whole + fraction;
  let first = 0;
  while (first < all.length && all.charCodeAt(first) === ZERO) first++;
  let end = all.length;
  while (end > first && all.charCodeAt(end - 1) === ZERO) end--;
  if (end === first) return { digits: "", exponent: 0 };
  return { digits: all.slice(first, end), exponent: power - fraction.length + all.length - end };
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= 0x39;
}

/** A digit, `.`, `+`, `-`, `e` or `E`: in valid JSON a number ends at the first unit that is none. */
function isPartOfNumber(unit: number): boolean {
  return isDigit(unit) || unit === 0x2e || unit === 0x2b || unit === MINUS || (unit | 0x20) === 0x65;
}
