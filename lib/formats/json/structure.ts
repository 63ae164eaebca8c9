/** What {@linkcode measureJson} finds out about a JSON text. */
export interface JsonStructure {
  /** Deepest nesting of arrays and objects. */
  readonly depth: number;
  /** The first key that occurs twice in one object. */
  readonly duplicate: string | undefined;
}

/**
 * Walk a text that `JSON.parse` accepted and report what it does not tell: nesting, and repeated keys.
 * Works on a stack of its own, so depth costs no recursion.
 */
export function measureJson(text: string): JsonStructure {
  const open: (Set<string> | undefined)[] = []; // a set of keys for an object, nothing for an array
  let depth = 0;
  let duplicate: string | undefined;
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
        open.push(new Set());
        expectsKey = true;
        break;
      case "[":
        open.push(undefined);
        expectsKey = false;
        break;
      case "}":
      case "]":
        open.pop();
        expectsKey = false;
        break;
      case ",":
        expectsKey = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (expectsKey) {
          const raw = text.slice(at, end + 1);
          const key: string = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
          const keys = open.at(-1)!;
          if (keys.has(key)) duplicate ??= key;
          keys.add(key);
          expectsKey = false;
        }
        at = end;
      }
    }
    if (open.length > depth) depth = open.length;
  }
  return { depth, duplicate };
}

/** Position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
