/** Path patterns as spec/gate.md 3.3.3 words them. */
export function slowPathMatch(pattern: string, value: string): boolean {
  if (pattern === value) return true;
  if (pattern.endsWith("/**")) {
    const before = pattern.slice(0, -3);
    if (value === before || value.startsWith(`${before}/`)) return true;
  }
  return slowGlob(pattern, value);
}

/** Domain patterns as spec/gate.md 3.3.3 words them. */
export function slowDomainMatch(pattern: string, value: string): boolean {
  if (pattern === value) return true;
  if (pattern.startsWith("*.") && value.endsWith(pattern.slice(1))) return true;
  return slowGlob(pattern, value);
}

/** A glob by trying everything; exponential, for short texts. */
export function slowGlob(pattern: string, value: string): boolean {
  return wellFormed([...pattern]) && glob([...pattern], [...value]);
}

function glob(pattern: string[], value: string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return value.length === 0;
  if (first === "*") {
    if (glob(rest, value)) return true;
    return value.length > 0 && value[0] !== "/" && glob(pattern, value.slice(1));
  }
  if (value.length === 0) return false;
  const [char, ...others] = value as [string, ...string[]];
  if (first === "?") return char !== "/" && glob(rest, others);
  if (first === "\\") return rest[0] === char && glob(rest.slice(1), others);
  if (first === "[") {
    const { inside, after } = readClass(rest, char)!;
    return inside && glob(after, others);
  }
  return first === char && glob(rest, others);
}

function wellFormed(pattern: string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return true;
  if (first === "\\") return rest.length > 0 && wellFormed(rest.slice(1));
  if (first === "[") {
    const read = readClass(rest, "");
    return read !== undefined && wellFormed(read.after);
  }
  return wellFormed(rest);
}

function readClass(pattern: string[], char: string): { inside: boolean; after: string[] } | undefined {
  const queue = [...pattern];
  const negated = queue[0] === "^";
  if (negated) queue.shift();
  let inside = false;
  for (let count = 0;; count++) {
    if (count > 0 && queue[0] === "]") return { inside: inside !== negated, after: queue.slice(1) };
    const low = nextMember(queue);
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (queue[0] === "-") {
      queue.shift();
      high = nextMember(queue);
      if (high === undefined) return undefined;
    }
    const code = char.codePointAt(0) ?? -1;
    if (low.codePointAt(0)! <= code && code <= high.codePointAt(0)!) inside = true;
  }
}

function nextMember(queue: string[]): string | undefined {
  const char = queue.shift();
  if (char === "-" || char === "]") return undefined;
  return char === "\\" ? queue.shift() : char;
}
