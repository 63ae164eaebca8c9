import { rewriteEscape } from "./rewrite_escape.ts";
import { compareNames, sortMembers } from "./rewrite_members.ts";
import { isDigit } from "./structure.ts";

/*
 * The canonical form of a JSON text (docs/spec/core.md section 1), made of the text itself. In a log of a hundred
 * thousand calls, reading values, looking for duplicate keys and writing the values again would be three walks, and an
 * object for each part of the text.
 *
 * INVARIANT: a form that is returned is `canonicalize(readJson(text, { duplicates: "refuse", numbers: "text" }))`. A text
 * that is no JSON, or needs care that is not taken here, is not rewritten, and readJson() says what is wrong with it.
 */

/** Texts that nest deeper are not rewritten. */
const DEEPEST = 64;

/** Most members of all open objects. */
const MOST_MEMBERS = 4096;

/** Digits that a double keeps, and digits of a fraction that ECMAScript writes without an exponent. */
const SAFE_DIGITS = 15;
const SAFE_FRACTION = 6;

/** Where each member of the open objects begins in the target, and where its name ends. */
const starts = new Int32Array(MOST_MEMBERS + 1);
const nameEnds = new Int32Array(MOST_MEMBERS);
let members = 0;

/** The text, from `at` to before `end`, and its canonical form, to before `to`. */
let source: Uint8Array = new Uint8Array();
let at = 0;
let end = 0;
let target: Uint8Array = source;
let to = 0;

/** Bytes of room that are needed for the canonical form of a text, which is never longer than the text, and to sort. */
export function rewritingRoom(size: number): number {
  return 2 * size;
}

/**
 * Write the canonical form of a text to the start of `into`, which has {@linkcode rewritingRoom} for it.
 *
 * @param text valid UTF-8
 * @returns the number of bytes; 0 for a text that is not rewritten
 */
export function rewriteJson(text: Uint8Array, from: number, behind: number, into: Uint8Array): number {
  source = text;
  at = from;
  end = behind;
  target = into;
  to = 0;
  members = 0;
  return rewriteValue(0) && next() === NOTHING ? to : 0;
}

/** The next byte that is not blank. */
function next(): number {
  for (; at < end; at++) {
    const unit = source[at]!;
    if (unit > 0x20 || unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return unit;
  }
  return NOTHING;
}

const NOTHING = -1;

/** Each of these says whether a part of the text is rewritten; after one that is not, nothing counts. */
function rewriteValue(depth: number): boolean {
  const unit = next();
  switch (unit) {
    case 0x22 /* " */:
      return rewriteString();
    case 0x7b /* { */:
      return depth < DEEPEST && rewriteObject(depth + 1);
    case 0x5b /* [ */:
      return depth < DEEPEST && rewriteArray(depth + 1);
    case 0x74 /* t */:
      return rewriteWord(TRUE);
    case 0x66 /* f */:
      return rewriteWord(FALSE);
    case 0x6e /* n */:
      return rewriteWord(NULL);
    default:
      return rewriteNumber();
  }
}

const [TRUE, FALSE, NULL] = ["true", "false", "null"].map((word) => new TextEncoder().encode(word)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

function rewriteWord(word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (source[at++] !== word[i]) return false;
    target[to++] = word[i]!;
  }
  return true;
}

function rewriteArray(depth: number): boolean {
  at++;
  target[to++] = 0x5b;
  if (next() !== CLOSE_ARRAY) {
    for (;;) {
      if (!rewriteValue(depth)) return false;
      const unit = next();
      if (unit === CLOSE_ARRAY) break;
      if (unit !== COMMA) return false;
      at++;
      target[to++] = COMMA;
    }
  }
  at++;
  target[to++] = CLOSE_ARRAY;
  return true;
}

function rewriteObject(depth: number): boolean {
  at++;
  target[to++] = 0x7b;
  const first = members;
  let isSorted = true;
  if (next() !== CLOSE_OBJECT) {
    for (;;) {
      const own = members++;
      if (own === MOST_MEMBERS) return false;
      starts[own] = to;
      if (next() !== QUOTE || !rewriteName()) return false;
      nameEnds[own] = to;
      target[to++] = QUOTE;
      target[to++] = COLON;
      if (own > first) {
        const order = compareNames(
          target,
          starts[own - 1]!,
          nameEnds[own - 1]!,
          starts[own]!,
          nameEnds[own]!,
        );
        if (order === 0) return false; // a duplicate
        if (order > 0) isSorted = false;
      }
      if (!rewriteValue(depth)) return false;
      const unit = next();
      if (unit === CLOSE_OBJECT) break;
      if (unit !== COMMA) return false;
      at++;
      target[to++] = COMMA;
    }
    starts[members] = to + 1;
    if (!isSorted && !sortMembers(target, starts, nameEnds, first, members)) return false;
    members = first;
  }
  at++;
  target[to++] = CLOSE_OBJECT;
  return true;
}

/** A name without its closing quote, and the colon behind it. The order of others than ASCII is not that of bytes. */
function rewriteName(): boolean {
  let from = at;
  let put = to;
  do {
    target[put++] = source[from++]!;
    if (from >= end) return false;
    const unit = source[from]!;
    if (unit === BACKSLASH || unit < 0x20 || unit >= 0x80) return false;
  } while (source[from] !== QUOTE);
  at = from + 1;
  to = put;
  if (next() !== COLON) return false;
  at++;
  return true;
}

function rewriteString(): boolean {
  let from = at;
  let put = to;
  for (;;) {
    target[put++] = source[from++]!;
    if (from >= end) return false;
    let unit = source[from]!;
    while (unit === BACKSLASH) {
      const sizes = rewriteEscape(source, from, end, target, put);
      if (sizes === 0) return false;
      from += sizes >> 4;
      put += sizes & 0xf;
      if (from >= end) return false;
      unit = source[from]!;
    }
    if (unit < 0x20) return false;
    if (unit === QUOTE) break;
  }
  target[put++] = QUOTE;
  at = from + 1;
  to = put;
  return true;
}

/** An integer or a short fraction, as ECMAScript writes it. */
function rewriteNumber(): boolean {
  const start = at;
  if (source[at] === MINUS && at < end) target[to++] = source[at++]!;
  const whole = copyDigits();
  if (whole === 0 || whole > 1 && source[at - whole] === 0x30) return false;
  let fraction = 0;
  if (at < end && source[at] === 0x2e /* . */) {
    target[to++] = source[at++]!;
    fraction = copyDigits();
    if (fraction === 0 || fraction > SAFE_FRACTION || source[at - 1] === 0x30) return false;
  } else if (whole === 1 && source[start] === MINUS && source[at - 1] === 0x30) return false; // -0
  if (whole + fraction > SAFE_DIGITS) return false;
  return at === end || (source[at]! | 0x20) !== 0x65 /* e */;
}

function copyDigits(): number {
  const from = at;
  while (at < end && isDigit(source[at]!)) target[to++] = source[at++]!;
  return at - from;
}

const [QUOTE, COMMA, COLON, MINUS, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x2d, 0x5c];
const [CLOSE_OBJECT, CLOSE_ARRAY] = [0x7d, 0x5d];
