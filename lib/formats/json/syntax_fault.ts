import { escapeControls } from "../controls.ts";

/** Tokens of RFC 8259, as sticky patterns. */
const BLANKS = /[ \t\n\r]*/y;
// deno-lint-ignore no-control-regex -- RFC 8259 refuses them in texts
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/**
 * Describe why `JSON.parse` refused a text, with the position.
 *
 * @param first number of its first line
 */
export function syntaxFault(text: string, first = 1): string {
  try {
    return findFault(text, first);
  } catch {
    return "it is not valid JSON"; // a single string of hundreds of megabytes, beyond what a pattern can match
  }
}

/**
 * Independent of the runtime's message, which varies between versions and repeats parts of the input. One pass
 * without recursion.
 */
function findFault(text: string, first: number): string {
  const open: ("object" | "list")[] = [];
  let at = 0;
  const skip = (token: RegExp): boolean => {
    token.lastIndex = at;
    if (!token.test(text)) return false;
    at = token.lastIndex;
    return true;
  };
  const take = (sign: string): boolean => {
    skip(BLANKS);
    if (text[at] !== sign) return false;
    at++;
    return true;
  };
  const fault = (expected: string): string => {
    if (at >= text.length) return `the JSON text ends where ${expected} should follow`;
    return `${place(text, at, first)}: expected ${expected}, found ${shown(text, at)}`;
  };
  /** Skip a string, or return its fault. */
  const string = (): string | undefined => {
    const start = at;
    skip(STRING);
    if (text[at] === '"') return void at++;
    if (at >= text.length) return `${place(text, start, first)}: the text in quotes has no end`;
    if (text[at] === "\\") return `${place(text, at, first)}: no JSON escape: ${shown(text, at)}`;
    return `${place(text, at, first)}: a text in quotes goes on over a line, or holds a control character`;
  };
  const key = (): string | undefined => {
    skip(BLANKS);
    if (text[at] !== '"') return fault("a key in double quotes");
    return string() ?? (take(":") ? undefined : fault('":" behind the key'));
  };

  for (;;) {
    // A value.
    skip(BLANKS);
    if (take("{")) {
      if (!take("}")) {
        open.push("object");
        const wrong = key();
        if (wrong !== undefined) return wrong;
        continue;
      }
    } else if (take("[")) {
      if (!take("]")) {
        open.push("list");
        continue;
      }
    } else if (text[at] === '"') {
      const wrong = string();
      if (wrong !== undefined) return wrong;
    } else if (!skip(SCALAR)) return fault("a value");
    // What follows it.
    for (;;) {
      const inside = open.at(-1);
      if (inside === undefined) {
        skip(BLANKS);
        return fault("nothing more");
      }
      if (take(inside === "object" ? "}" : "]")) {
        open.pop();
        continue;
      }
      if (!take(",")) return fault(inside === "object" ? '"," or "}"' : '"," or "]"');
      const wrong = inside === "object" ? key() : undefined;
      if (wrong !== undefined) return wrong;
      break;
    }
  }
}

function place(text: string, at: number, first: number): string {
  let [line, start] = [first, 0];
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  return `line ${line}, column ${at - start + 1}`;
}

/** What other languages write where JSON has another word. */
const FOREIGN_WORDS = /^(?:True|TRUE|False|FALSE|None|NULL|nil|undefined|NaN|Infinity)(?![\w+/=.-])/;

/** A known word or one sign, no more: the text may be a key or a token (docs/threat_model.md 20). */
function shown(text: string, at: number): string {
  const rest = text.slice(at, at + 24);
  const word = (FOREIGN_WORDS.exec(rest) ?? /^\\?[^]/u.exec(rest))?.[0] ?? "";
  return `"${escapeControls(word)}"`;
}
