import { endOfLine, endOfString } from "./tokenize_script.ts";
import { isDigitUnit, isNameUnit, KIND, Tokens } from "./tokens.ts";

/** The tokens of Python, in one pass; see tokenize_script.ts. */
export function tokenizePython(text: string): Tokens {
  const tokens = new Tokens(text);
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const start = at;
    if (unit === 0x23) at = endOfLine(text, at);
    else if (unit === 0x0a) {
      at++;
      if (!tokens.nested && tokens.kind(tokens.length - 1) !== KIND.newline) {
        tokens.add(KIND.newline, start, at);
      }
    } else if (unit === 0x5c) at += text.startsWith("\r\n", at + 1) ? 3 : 2; // line continuation
    else if (isQuote(unit)) {
      at = endOfPythonString(text, at);
      tokens.add(KIND.string, start, at);
    } else if (isDigitUnit(unit)) {
      do at++; while (at < text.length && (isNameUnit(text.charCodeAt(at)) || text[at] === "."));
      tokens.add(KIND.number, start, at);
    } else if (isNameUnit(unit)) {
      do at++; while (at < text.length && isNameUnit(text.charCodeAt(at)));
      if (at - start <= 2 && isQuote(text.charCodeAt(at)) && isPrefix(text, start, at)) {
        const formatted = /[fFtT]/.test(text.slice(start, at));
        at = endOfPythonString(text, at);
        tokens.add(formatted ? KIND.template : KIND.string, start, at);
      } else tokens.add(KIND.name, start, at);
    } else {
      at++;
      if (unit > 0x20 && unit < 0x80) tokens.add(KIND.punctuation, start, at);
    }
  }
  if (tokens.kind(tokens.length - 1) !== KIND.newline) tokens.add(KIND.newline, text.length, text.length);
  return tokens;
}

function isQuote(unit: number): boolean {
  return unit === 0x22 || unit === 0x27;
}

/** Letters of a string prefix. */
function isPrefix(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!"rRbBuUfFtT".includes(text[at]!)) return false;
  return true;
}

function endOfPythonString(text: string, start: number): number {
  const quote = text[start]!;
  if (text[start + 1] !== quote || text[start + 2] !== quote) return endOfString(text, start);
  const triple = quote.repeat(3);
  for (let at = start + 3; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote && text.startsWith(triple, at)) return at + 3;
  }
  return text.length;
}
