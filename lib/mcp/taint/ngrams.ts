/** Length of a distinctive part, in UTF-16 units after normalisation. */
export const DISTINCTIVE = 12;

/**
 * A part with fewer letters and digits is not distinctive: rulers (`------------`), indentation and the punctuation
 * of JSON stand everywhere.
 */
const LEAST_LETTERS = 6;

const BASE_A = 0x01000193;
const BASE_B = 0x5bd1e995;
const OLDEST_A = power(BASE_A, DISTINCTIVE);
const OLDEST_B = power(BASE_B, DISTINCTIVE);

/** The characters of the part at hand, of one text at a time: what is visited looks at no other text meanwhile. */
const WINDOW = new Uint16Array(DISTINCTIVE);

/**
 * Visit every distinctive part of a folded text as two 32-bit hashes, rolled along the text so that the work is
 * linear. A run of white space counts as one blank, and so does `+`, which forms write for it.
 *
 * @param visit returns true to stop
 */
export function eachPart(text: string, visit: (a: number, b: number) => boolean): void {
  let [a, b, size, letters, at] = [0, 0, 0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code === 0xffff) {
      a =
        b =
        size =
        letters =
          0;
      continue;
    }
    if (code === 0x2b || isBlank(code)) {
      if (size > 0 && WINDOW[(at + DISTINCTIVE - 1) % DISTINCTIVE] === 0x20) continue;
      code = 0x20;
    }
    a = (Math.imul(a, BASE_A) + code + 1) | 0;
    b = (Math.imul(b, BASE_B) + code + 1) | 0;
    if (isLetter(code)) letters++;
    if (size === DISTINCTIVE) {
      const oldest = WINDOW[at]!;
      a = (a - Math.imul(oldest + 1, OLDEST_A)) | 0;
      b = (b - Math.imul(oldest + 1, OLDEST_B)) | 0;
      if (isLetter(oldest)) letters--;
    } else size++;
    WINDOW[at] = code;
    at = (at + 1) % DISTINCTIVE;
    if (size === DISTINCTIVE && letters >= LEAST_LETTERS && visit(mix(a), mix(b))) return;
  }
}

/** Hashes of a whole text, of another family than those of parts. */
export function hashText(text: string): [a: number, b: number] {
  let [a, b] = [0x2545f491, 0x6c078965];
  for (let i = 0; i < text.length; i++) {
    a = (Math.imul(a, BASE_A) + text.charCodeAt(i) + 1) | 0;
    b = (Math.imul(b, BASE_B) + text.charCodeAt(i) + 1) | 0;
  }
  return [mix(a), mix(b)];
}

/** Spreads a hash over all bits (the finalizer of MurmurHash3). */
function mix(hash: number): number {
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return (hash ^ hash >>> 16) >>> 0;
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code >= 0x80;
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x2028 || code === 0x2029;
}
