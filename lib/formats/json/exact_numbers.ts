/** Up to this many digits every number survives as a double. */
const SAFE_DIGITS = 15;

/**
 * The first number of a JSON text that a double does not hold exactly as it is written, so that reading and writing
 * it would give another number (anchors 5.3, item 9). The text must be valid JSON.
 */
export function firstRounded(text: string): string | undefined {
  if (!/\d{6}|[eE]/.test(text)) return undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token[0] !== '"' && isRounded(token)) return token.slice(0, 80);
  }
  return undefined;
}

/** Whether a number that stands alone is one that a double does not hold exactly as it is written. */
export function isRounded(token: string): boolean {
  if (digitsOf(token).digits.length <= SAFE_DIGITS && !/[eE]/.test(token)) return false;
  const [written, kept] = [digitsOf(token), digitsOf(String(Number(token)))];
  return written.digits !== kept.digits || written.exponent !== kept.exponent;
}

/** Strings are matched too, so that digits inside them are stepped over. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number as its digits without zeros around them, and the power of ten of the last one. */
function digitsOf(token: string): { readonly digits: string; readonly exponent: number } {
  const [, whole = "", fraction = "", power = "0"] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ??
    [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return { digits: "", exponent: 0 };
  return {
    digits: significant,
    exponent: Number(power) - fraction.length + digits.length - significant.length,
  };
}
