import { endOfString } from "./structure.ts";

/** Up to this many digits every number survives as a double. */
const SAFE_DIGITS = 15;

/** A longer number can be too small for a double, however few digits it has. */
const SAFE_LENGTH = 300;

/** So much of a number or a name is shown. */
const MAX_SHOWN = 80;

/**
 * The first number of a JSON text that a double does not hold exactly as it is written, so that reading and writing
 * it would give another number (anchors 5.3, item 9). The text must be valid JSON.
 */
export function firstRounded(text: string): string | undefined {
  if (!/\d{6}|[eE]/.test(text)) return undefined;
  const found = findNumber(text, isRounded);
  return found && cut(found.number);
}

/** A number that does not stay what it is, and where it stands, e.g. `args.amount` or `script.steps[1].args.n`. */
export interface ChangedNumber {
  readonly number: string;
  readonly path: string;
}

/**
 * The first number of a JSON text that canonical JSON may write like another one: a number that a double does not hold,
 * a whole one beyond 2^53, which others are rounded to, or -0. Two texts that differ in it alone can have one digest.
 * The text must be valid JSON.
 */
export function firstChanged(text: string): ChangedNumber | undefined {
  if (!/\d{6}|[eE]|-0/.test(text)) return undefined;
  const found = findNumber(text, (token) => isRounded(token) || hasTwins(Number(token)));
  return found && { number: cut(found.number), path: pathTo(text, found.at) };
}

/** Strings are stepped over by hand: an expression that does it exhausts the stack within a long one. */
function findNumber(
  text: string,
  isMeant: (token: string) => boolean,
): { readonly number: string; readonly at: number } | undefined {
  const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === MINUS || (code >= 0x30 && code <= 0x39)) {
      number.lastIndex = at;
      const [token] = number.exec(text)!;
      if (isMeant(token)) return { number: token, at };
      at += token.length - 1;
    }
  }
  return undefined;
}

const QUOTE = 0x22;
const MINUS = 0x2d;

/** Whether a number that stands alone is one that a double does not hold exactly as it is written. */
export function isRounded(token: string): boolean {
  if (token.length <= SAFE_DIGITS && !/[eE]/.test(token)) return false;
  const written = digitsOf(token);
  const isNear = token.length <= SAFE_LENGTH && !/[eE]/.test(token);
  if (isNear && written.digits.length <= SAFE_DIGITS) return false;
  const kept = digitsOf(String(Number(token)));
  return written.digits !== kept.digits || written.exponent !== kept.exponent;
}

function hasTwins(value: number): boolean {
  return Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

/**
 * The first number of a JSON text that RFC 8785 would write otherwise: `1.0`, `1e2`, `-0`, more digits than a double
 * keeps. Its canonical form says nothing of the difference, and so does a signature. The text must be valid JSON.
 */
export function firstRespelled(text: string): string | undefined {
  // Whole numbers of few digits without a sign are written in one way only.
  if (!/\d[.eE]|\d{16}|-\s*0/.test(text)) return undefined;
  const found = findNumber(text, (token) => token !== JSON.stringify(Number(token)));
  return found && cut(found.number);
}

/** A number as its digits without zeros around them, and the power of ten of the last one. */
function digitsOf(token: string): { readonly digits: string; readonly exponent: number } {
  const [, whole = "", fraction = "", power = "0"] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ??
    [];
  const digits = (whole + fraction).replace(/^0+/, "");
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end--;
  const significant = digits.slice(0, end);
  if (significant === "") return { digits: "", exponent: 0 };
  return {
    digits: significant,
    exponent: Number(power) - fraction.length + digits.length - significant.length,
  };
}

/** The way to what stands at an offset, on a stack of its own, so that depth costs no recursion. */
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
        // Of the strings of an object the last one before the value is its key.
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
