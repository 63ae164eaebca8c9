import { isDigitUnit, isNameUnit, KIND, Tokens } from "./tokens.ts";

/**
 * The tokens of JavaScript, TypeScript or JSON, in one pass. It does not implement the grammar: strings, comments,
 * templates and regular expressions must not be mistaken for code, and invalid source must not affect more than its
 * line.
 */
export function tokenizeScript(text: string): Tokens {
  const tokens = new Tokens(text);
  let at = text.startsWith("#!") ? endOfLine(text, 0) : 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const start = at;
    if (unit === SLASH && text[at + 1] === "/") at = endOfLine(text, at);
    else if (unit === SLASH && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      at = end < 0 ? text.length : end + 2;
    } else if (unit === 0x22 || unit === 0x27) {
      at = endOfString(text, at);
      tokens.add(KIND.string, start, at);
    } else if (unit === BACKTICK) {
      const template = endOfTemplate(text, at);
      at = template.end;
      tokens.add(template.plain ? KIND.string : KIND.template, start, at);
    } else if (isDigitUnit(unit)) {
      do at++; while (at < text.length && (isNameUnit(text.charCodeAt(at)) || text[at] === "."));
      tokens.add(KIND.number, start, at);
    } else if (isNameUnit(unit)) {
      do at++; while (at < text.length && isNameUnit(text.charCodeAt(at)));
      tokens.add(KIND.name, start, at);
    } else if (unit === SLASH && mayBeginPattern(tokens) && endOfPattern(text, at) > 0) {
      at = endOfPattern(text, at);
      tokens.add(KIND.template, start, at);
    } else {
      at++;
      if (unit > 0x20 && unit < 0x80) tokens.add(KIND.punctuation, start, at);
    }
  }
  return tokens;
}

const SLASH = 0x2f;
const BACKTICK = 0x60;

export function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The end of a single-line string; an unterminated one ends with the line. */
export function endOfString(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return at + 1;
    if (unit === 0x5c) at += text.startsWith("\r\n", at + 1) ? 2 : 1;
    else if (unit === 0x0a) return at;
  }
  return text.length;
}

/** The end of a template, with the templates, strings and comments of its expressions; linear, without recursion. */
function endOfTemplate(text: string, start: number): { readonly end: number; readonly plain: boolean } {
  // For each open template, the number of open braces in its expression.
  const open: number[] = [];
  let inText = true;
  let plain = true;
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inText) {
      if (unit === 0x5c) at++;
      else if (unit === BACKTICK) {
        if (open.length === 0) return { end: at + 1, plain };
        inText = false;
      } else if (unit === 0x24 && text[at + 1] === "{") {
        plain = false;
        open.push(0);
        inText = false;
        at++;
      }
    } else if (unit === BACKTICK) inText = true;
    else if (unit === 0x22 || unit === 0x27) at = endOfString(text, at) - 1;
    else if (unit === SLASH && text[at + 1] === "/") at = endOfLine(text, at) - 1;
    else if (unit === SLASH && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      at = end < 0 ? text.length : end + 1;
    } else if (unit === 0x7b) open[open.length - 1]!++;
    else if (unit === 0x7d && open[open.length - 1]!-- === 0) {
      open.pop();
      inText = true;
    }
  }
  return { end: text.length, plain: false };
}

/** Whether a slash begins a regular expression: after a value it is a division. */
function mayBeginPattern(tokens: Tokens): boolean {
  const last = tokens.length - 1;
  const kind = tokens.kind(last);
  if (kind === KIND.name) return BEFORE_PATTERN.has(tokens.textOf(last));
  if (kind === KIND.punctuation) {
    return !tokens.is(last, ")") && !tokens.is(last, "]") && !tokens.is(last, "}");
  }
  return kind === 0;
}

const BEFORE_PATTERN: ReadonlySet<string> = new Set(
  ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "await", "yield"],
);

/** The end of a regular expression; 0 if the line ends first. */
function endOfPattern(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === "\n") return 0;
    if (char === "\\") at++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) {
      let end = at + 1;
      while (end < text.length && isNameUnit(text.charCodeAt(end))) end++;
      return end;
    }
  }
  return 0;
}
