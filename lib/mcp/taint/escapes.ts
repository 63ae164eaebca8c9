import { decodeUtf8 } from "../../formats/bytes.ts";

/*
 * One layer of the escapes that stand within a text: percent (RFC 3986), JSON and JavaScript, HTML. They are decoded
 * in one pass, so that a text which mixes them costs one layer.
 */

/** The text with one layer of escapes decoded; `undefined` if it has none. */
export function decodeEscapes(text: string): string | undefined {
  if (!/[%\\&]/.test(text)) return undefined;
  let decoded = "";
  let from = 0;
  for (let at = 0; at < text.length;) {
    const found = escapeAt(text, at);
    if (found === undefined) {
      at++;
      continue;
    }
    decoded += text.slice(from, at) + found.text;
    at = from = found.end;
  }
  return from === 0 ? undefined : decoded + text.slice(from);
}

interface Decoded {
  readonly text: string;
  /** Where the text goes on. */
  readonly end: number;
}

function escapeAt(text: string, at: number): Decoded | undefined {
  switch (text[at]) {
    case "%":
      return percentAt(text, at);
    case "\\":
      return backslashAt(text, at);
    case "&":
      return entityAt(text, at);
    default:
      return undefined;
  }
}

/** A run of percent escapes: the bytes of a character stand in several; or one as `unescape()` takes it, `%u0040`. */
function percentAt(text: string, at: number): Decoded | undefined {
  if (text[at + 1] === "u" || text[at + 1] === "U") {
    const unit = hexNumber(text, at + 2, 4);
    return unit === undefined ? undefined : { text: String.fromCharCode(unit), end: at + 6 };
  }
  const bytes: number[] = [];
  let end = at;
  for (; text[end] === "%"; end += 3) {
    const byte = hexNumber(text, end + 1, 2);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  return bytes.length === 0 ? undefined : { text: decodeUtf8(Uint8Array.from(bytes)), end };
}

const SHORT: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  '"': '"',
  "'": "'",
  "\\": "\\",
  "/": "/",
};

function backslashAt(text: string, at: number): Decoded | undefined {
  const letter = text[at + 1] ?? "";
  if (letter === "u" && text[at + 2] === "{") {
    const close = text.indexOf("}", at + 3);
    const digits = close - at - 3;
    if (close < 0 || digits < 1 || digits > 6) return undefined;
    return characterOf(hexNumber(text, at + 3, digits), close + 1);
  }
  if (letter === "u" || letter === "x") {
    const digits = letter === "u" ? 4 : 2;
    const unit = hexNumber(text, at + 2, digits);
    // One half of a pair at a time; the other half follows as the next escape.
    return unit === undefined ? undefined : { text: String.fromCharCode(unit), end: at + 2 + digits };
  }
  // As C, shells and Python write it.
  if (letter === "U") return characterOf(hexNumber(text, at + 2, 8), at + 10);
  if (letter >= "0" && letter <= "7") return octalAt(text, at);
  const short = Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined;
  return short === undefined ? undefined : { text: short, end: at + 2 };
}

/** A run of octal escapes, which stand for bytes as those of percent do. */
function octalAt(text: string, at: number): Decoded {
  const bytes: number[] = [];
  let end = at;
  while (text[end] === "\\") {
    const digits = /^[0-3]?[0-7]{1,2}/.exec(text.slice(end + 1, end + 4))?.[0];
    if (digits === undefined) break;
    bytes.push(parseInt(digits, 8));
    end += 1 + digits.length;
  }
  return { text: decodeUtf8(Uint8Array.from(bytes)), end };
}

/** Named references of the characters that addresses, numbers and markup are made of. */
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  AMP: "&",
  lt: "<",
  LT: "<",
  gt: ">",
  GT: ">",
  quot: '"',
  QUOT: '"',
  apos: "'",
  nbsp: " ",
  Tab: "\t",
  NewLine: "\n",
  excl: "!",
  num: "#",
  dollar: "$",
  percnt: "%",
  lpar: "(",
  rpar: ")",
  ast: "*",
  midast: "*",
  plus: "+",
  comma: ",",
  hyphen: "-",
  dash: "-",
  period: ".",
  sol: "/",
  colon: ":",
  semi: ";",
  equals: "=",
  quest: "?",
  commat: "@",
  lsqb: "[",
  lbrack: "[",
  bsol: "\\",
  rsqb: "]",
  rbrack: "]",
  Hat: "^",
  lowbar: "_",
  UnderBar: "_",
  grave: "`",
  lcub: "{",
  lbrace: "{",
  verbar: "|",
  vert: "|",
  rcub: "}",
  rbrace: "}",
  shy: "",
  zwj: "",
  zwnj: "",
};

/** The longest name above, and the longest number with leading zeros that is read. */
const MAX_NAME = 8;
const MAX_DIGITS = 12;

function entityAt(text: string, at: number): Decoded | undefined {
  if (text[at + 1] === "#") {
    const isHex = (text.charCodeAt(at + 2) | 0x20) === 0x78;
    const start = at + (isHex ? 3 : 2);
    let end = start;
    while (end - start < MAX_DIGITS && isDigit(text.charCodeAt(end), isHex)) end++;
    if (end === start) return undefined;
    const code = parseInt(text.slice(start, end), isHex ? 16 : 10);
    // Browsers accept a reference without its semicolon.
    return characterOf(code, text[end] === ";" ? end + 1 : end);
  }
  const close = text.slice(at + 1, at + MAX_NAME + 2).indexOf(";");
  const name = close < 0 ? "" : text.slice(at + 1, at + 1 + close);
  return Object.hasOwn(NAMED, name) ? { text: NAMED[name]!, end: at + close + 2 } : undefined;
}

function characterOf(code: number | undefined, end: number): Decoded | undefined {
  return code === undefined || code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), end };
}

function hexNumber(text: string, at: number, digits: number): number | undefined {
  let number = 0;
  for (let i = at; i < at + digits; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code, true)) return undefined;
    number = number * 16 + (code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57);
  }
  return number;
}

function isDigit(code: number, isHex: boolean): boolean {
  const letter = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (isHex && letter >= 0x61 && letter <= 0x66);
}
