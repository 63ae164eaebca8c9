import { endOfString, isDigit, isPartOfNumber } from "./structure.ts";

/** Every number of up to this many digits is exact as a double. */
const SAFE_DIGITS = 15;

/** A longer number may underflow, even with few significant digits. */
const SAFE_LENGTH = 300;

/** The most characters of a number or name in a message. */
const MAX_SHOWN = 80;

/**
 * The first number of a JSON text that a double can't represent exactly, so that it would change when read and
 * written (docs/threat_model.md 9). The text must be valid JSON. Linear, because a number may have a million digits.
 */
export function firstRounded(text: string): string | undefined {
  if (!/\d{6}|[eE]/.test(text)) return undefined;
  const found = findNumber(text, isRounded);
  return found && cut(found.number);
}

/** A number that would change, and its path, e.g. `args.amount` or `script.steps[1].args.n`. */
export interface ChangedNumber {
  readonly number: string;
  readonly path: string;
}

/**
 * The first number of a JSON text whose canonical form is not unique to it: a number that a double can't represent,
 * an integer beyond 2^53, to which others are rounded, or -0. Two texts that differ only in such a number can have
 * the same digest. The text must be valid JSON.
 */
export function firstChanged(text: string): ChangedNumber | undefined {
  if (!/\d{6}|[eE]|-0/.test(text)) return undefined;
  const found = findNumber(text, (token) => isRounded(token) || isAmbiguous(Number(token)));
  return found && { number: cut(found.number), path: pathTo(text, found.at) };
}

/** Strings are skipped in a loop: a regular expression exhausts the stack on long ones. */
function findNumber(
  text: string,
  isMeant: (token: string) => boolean,
): { readonly number: string; readonly at: number } | undefined {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (unit !== MINUS && !isDigit(unit)) continue;
    const start = at;
    while (at < text.length && isPartOfNumber(text.charCodeAt(at))) at++;
    const token = text.slice(start, at--);
    if (isMeant(token)) return { number: token, at: start };
  }
  return undefined;
}

/** Whether a double can't represent a number exactly as it is written. */
export function isRounded(token: string): boolean {
  if (token.length <= SAFE_DIGITS && !/[eE]/.test(token)) return false;
  const written = digitsOf(token);
  const isNear = token.length <= SAFE_LENGTH && !/[eE]/.test(token);
  if (isNear && written.digits.length <= SAFE_DIGITS) return false;
  const kept = digitsOf(String(Number(token)));
  return written.digits !== kept.digits || written.exponent !== kept.exponent;
}

function isAmbiguous(value: number): boolean {
  return Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

/**
 * The first number of a JSON text that RFC 8785 writes differently: `1.0`, `1e2`, `-0`, or more digits than a double
 * keeps. Neither the canonical form nor a signature over it covers the difference. The text must be valid JSON.
 */
export function firstRespelled(text: string): string | undefined {
  // Unsigned integers of few digits have a single form.
  if (!/\d[.eE]|\d{16}|-\s*0/.test(text)) return undefined;
  const found = findNumber(text, (token) => token !== JSON.stringify(Number(token)));
  return found && cut(found.number);
}

/** A number as its digits without surrounding zeros, and the power of ten of the last one. */
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

/** The path of the value at an offset, computed without recursion. */
function pathTo(text: string, end: number): string {
  const open: (string | number)[] = [];
  for (let at = 0; at < end; at++) {
    switch (text[at]) {
      case "{":
        open.push("");
        break;
      case "[":
        open.push(0);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",": {
        const last = open.at(-1);
        if (typeof last === "number") open[open.length - 1] = last + 1;
        break;
      }
      case '"': {
        const close = endOfString(text, at);
        // The last string before a value is its key.
        if (typeof open.at(-1) === "string") open[open.length - 1] = text.slice(at, close + 1);
        at = close;
      }
    }
  }
  return open.map((step) => typeof step === "number" ? `[${step}]` : `.${cut(JSON.parse(step))}`).join("")
    .replace(/^\./, "");
}

function cut(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
