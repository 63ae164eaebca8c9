import type { Tokens } from "./tokens.ts";

/** The value of the string token at an index, without prefix and quotes. */
export function stringAt(tokens: Tokens, i: number): string {
  const raw = tokens.textOf(i);
  let open = 0;
  while (open < raw.length && !"\"'`".includes(raw[open]!)) open++;
  const quote = raw[open] ?? "";
  const triple = quote !== "`" && raw.startsWith(quote.repeat(3), open) && raw.length >= open + 6;
  const from = open + (triple ? 3 : 1);
  const close = triple ? quote.repeat(3) : quote;
  const to = raw.endsWith(close) && raw.length >= from + close.length
    ? raw.length - close.length
    : raw.length;
  const text = raw.slice(from, to);
  if (!text.includes("\\") || /[rR]/.test(raw.slice(0, open))) return text;
  return text.replace(ESCAPE, unescape);
}

const ESCAPE = /\\(?:u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[^])/g;

const SHORT: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  "\n": "",
  "\r\n": "",
};

function unescape(escape: string): string {
  const body = escape.slice(1);
  const digits = /^(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))$/.exec(body);
  if (!digits) return SHORT[body] ?? body;
  const code = Number.parseInt(digits[1] ?? digits[2] ?? digits[3]!, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
