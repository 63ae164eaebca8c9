/** Up to this many digits every number survives as a double. */
const SAFE_DIGITS = 15;

/**
 * The first number of a JSON text that a double does not hold exactly as it is written, so that reading and writing
 * it would give another number (anchors 5.3, item 9). The text must be valid JSON.
 */
export function firstRounded(text: string): string | undefined {
  if (!/\d{6}|[eE]/.test(text)) return undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token[0] === '"' || digitsOf(token).digits.length <= SAFE_DIGITS && !/[eE]/.test(token)) continue;
    const [written, kept] = [digitsOf(token), digitsOf(String(Number(token)))];
    if (written.digits !== kept.digits || written.exponent !== kept.exponent) return token.slice(0, 80);
  }
  return undefined;
}

/**
 * The first number of a JSON text that RFC 8785 would write otherwise: `1.0`, `1e2`, `-0`, more digits than a double
 * keeps. Its canonical form says nothing of the difference, and so does a signature. The text must be valid JSON.
 */
export function firstRespelled(text: string): string | undefined {
  // Whole numbers of few digits without a sign are written in one way only.
  if (!/\d[.eE]|\d{16}|-\s*0/.test(text)) return undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token[0] !== '"' && token !== JSON.stringify(Number(token))) return token.slice(0, 80);
  }
  return undefined;
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
