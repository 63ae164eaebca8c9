/** The result of {@linkcode measureJson}. */
export interface JsonStructure {
  /** Deepest nesting of arrays and objects. */
  readonly depth: number;
  /** The first key that occurs twice in one object. */
  readonly duplicate: string | undefined;
}

/**
 * Walk a text that `JSON.parse` accepted and report what it does not: nesting depth and duplicate keys. Without
 * recursion, so that depth can't exhaust the stack.
 */
export function measureJson(text: string): JsonStructure {
  const open: (Set<string> | undefined)[] = []; // a set of keys for an object, nothing for an array
  let depth = 0;
  let duplicate: string | undefined;
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b /* { */:
        open.push(new Set());
        if (open.length > depth) depth = open.length;
        expectsKey = true;
        break;
      case 0x5b /* [ */:
        open.push(undefined);
        if (open.length > depth) depth = open.length;
        expectsKey = false;
        break;
      case 0x7d /* } */:
      case 0x5d /* ] */:
        open.pop();
        expectsKey = false;
        break;
      case 0x2c /* , */:
        expectsKey = open.at(-1) !== undefined;
        break;
      case 0x22 /* " */: {
        const end = endOfString(text, at);
        if (expectsKey) {
          const inside = text.slice(at + 1, end);
          const key: string = inside.includes("\\") ? JSON.parse(`"${inside}"`) : inside;
          const keys = open.at(-1)!;
          if (keys.has(key)) duplicate ??= key;
          keys.add(key);
          expectsKey = false;
        }
        at = end;
      }
    }
  }
  return { depth, duplicate };
}

/** Position of the closing quote of the string at `start`: the first one after an even number of `\`. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1);; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === 0x5c) before--;
    if ((at - before) % 2 === 0) return at;
  }
}
