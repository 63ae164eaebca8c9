/** Longest text that a glob is matched against, in UTF-16 units: the longest path of common systems. */
export const MAX_GLOB_TEXT = 4096;

/** One character of a text, or `*`. */
type Token = "*" | ((char: string) => boolean);

/** A compiled glob: its literal prefix, and the remaining tokens. */
interface Glob {
  readonly prefix: string;
  readonly tokens: readonly Token[];
}

/**
 * A test for whole texts: `*` is any run without `/`, `?` one character but `/`, `[a-z]` and `[^a-z]` a class, `\`
 * takes the next character literally (docs/spec/gate.md 3.3.3).
 *
 * Policies and targets are untrusted, so matching must not take exponential time: patterns are never compiled to
 * regular expressions, and a match costs at most the length of the text times that of the pattern.
 *
 * @returns the test, which returns `undefined` for a text longer than {@linkcode MAX_GLOB_TEXT}; `undefined` when the
 * pattern is malformed
 */
export function compileGlob(pattern: string): ((text: string) => boolean | undefined) | undefined {
  const glob = parse(pattern);
  if (!glob) return undefined;
  return (text) => {
    if (text.length > MAX_GLOB_TEXT) return undefined;
    return text.startsWith(glob.prefix) && matches(glob.tokens, text.slice(glob.prefix.length));
  };
}

/** Simulate all states at once; a state is the number of consumed tokens. */
function matches(tokens: readonly Token[], text: string): boolean {
  let states = new Uint8Array(tokens.length + 1);
  states[0] = 1;
  skipStars(tokens, states);
  for (const char of text) {
    const next = new Uint8Array(tokens.length + 1);
    let alive = false;
    for (let i = 0; i < tokens.length; i++) {
      if (states[i] === 0) continue;
      const token = tokens[i]!;
      if (token === "*") {
        if (char === "/") continue;
        next[i] = 1;
      } else {
        if (!token(char)) continue;
        next[i + 1] = 1;
      }
      alive = true;
    }
    if (!alive) return false;
    skipStars(tokens, next);
    states = next;
  }
  return states[tokens.length] === 1;
}

function skipStars(tokens: readonly Token[], states: Uint8Array): void {
  for (let i = 0; i < tokens.length; i++) {
    if (states[i] === 1 && tokens[i] === "*") states[i + 1] = 1;
  }
}

function parse(pattern: string): Glob | undefined {
  const chars = [...pattern];
  const tokens: Token[] = [];
  let prefix = "";
  let at = 0;
  while (at < chars.length) {
    const char = chars[at++]!;
    if (char === "*") {
      if (tokens.at(-1) !== "*") tokens.push("*");
    } else if (char === "?") {
      tokens.push((other) => other !== "/");
    } else if (char === "[") {
      const parsed = parseClass(chars, at);
      if (!parsed) return undefined;
      tokens.push(parsed.token);
      at = parsed.end;
    } else {
      const literal = char === "\\" ? chars[at++] : char;
      if (literal === undefined) return undefined;
      if (tokens.length === 0) prefix += literal;
      else tokens.push((other) => other === literal);
    }
  }
  return { prefix, tokens };
}

/** Parse a class after its `[`: at least one range; `-` and `]` must be escaped. */
function parseClass(chars: readonly string[], start: number): { token: Token; end: number } | undefined {
  const negated = chars[start] === "^";
  const ranges: (readonly [number, number])[] = [];
  let at = negated ? start + 1 : start;
  for (;;) {
    if (chars[at] === "]" && ranges.length > 0) {
      const token: Token = (char) => {
        const code = char.codePointAt(0)!;
        return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
      };
      return { token, end: at + 1 };
    }
    const low = member(chars, at);
    if (!low) return undefined;
    at = low.end;
    let high: Member | undefined = low;
    if (chars[at] === "-") {
      high = member(chars, at + 1);
      if (!high) return undefined;
      at = high.end;
    }
    ranges.push([low.code, high.code]);
  }
}

interface Member {
  readonly code: number;
  readonly end: number;
}

function member(chars: readonly string[], at: number): Member | undefined {
  const char = chars[at];
  if (char === undefined || char === "-" || char === "]") return undefined;
  const literal = char === "\\" ? chars[at + 1] : char;
  if (literal === undefined) return undefined;
  return { code: literal.codePointAt(0)!, end: char === "\\" ? at + 2 : at + 1 };
}
