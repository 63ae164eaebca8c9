/** The result of {@linkcode measureJson}. */
export interface JsonStructure {
  /** Deepest nesting of arrays and objects. */
  readonly depth: number;
  /** The first key that occurs twice in one object. */
  readonly duplicate: string | undefined;
  /** Whether a key is written with an escape. */
  readonly hasEscapedKey: boolean;
  /** Whether a number is written with a fraction or an exponent. */
  readonly hasFraction: boolean;
  /** Characters of the longest number. */
  readonly longestNumber: number;
}

/** The keys of one object. Few are looked up faster in a list than in a set, and most objects have few. */
class Keys {
  readonly #few: string[] = [];
  #many: Set<string> | undefined;

  /** @returns whether the key was there already */
  add(key: string): boolean {
    if (this.#many !== undefined) {
      if (this.#many.has(key)) return true;
      this.#many.add(key);
      return false;
    }
    if (this.#few.includes(key)) return true;
    this.#few.push(key);
    if (this.#few.length > FEW) this.#many = new Set(this.#few);
    return false;
  }
}

const FEW = 16;

/**
 * Walk a text that `JSON.parse` accepted and report what it does not: nesting depth, duplicate keys, and how numbers
 * are written. Without recursion, so that depth can't exhaust the stack.
 */
export function measureJson(text: string): JsonStructure {
  const open: (Keys | undefined)[] = []; // the keys of an object, nothing for an array
  let depth = 0;
  let duplicate: string | undefined;
  let expectsKey = false;
  let hasEscapedKey = false;
  let hasFraction = false;
  let longestNumber = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    switch (unit) {
      case 0x7b /* { */:
        open.push(new Keys());
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
          const isEscaped = inside.includes("\\");
          if (isEscaped) hasEscapedKey = true;
          const key: string = isEscaped ? JSON.parse(`"${inside}"`) : inside;
          if (open.at(-1)!.add(key)) duplicate ??= key;
          expectsKey = false;
        }
        at = end;
        break;
      }
      default: {
        if (unit !== MINUS && !isDigit(unit)) break;
        const start = at;
        for (let next = unit; isPartOfNumber(next); next = text.charCodeAt(++at)) {
          if (!isDigit(next) && next !== MINUS) hasFraction = true;
        }
        if (at - start > longestNumber) longestNumber = at - start;
        at--;
      }
    }
  }
  return { depth, duplicate, hasEscapedKey, hasFraction, longestNumber };
}

/** Deepest nesting of arrays and objects in a text that `JSON.parse` accepted. */
export function measureDepth(text: string): number {
  let [open, deepest] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b /* { */:
      case 0x5b /* [ */:
        if (++open > deepest) deepest = open;
        break;
      case 0x7d /* } */:
      case 0x5d /* ] */:
        open--;
        break;
      case 0x22 /* " */:
        at = endOfString(text, at);
    }
  }
  return deepest;
}

/** Position of the closing quote of the string at `start`: the first one after an even number of `\`. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1);; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === 0x5c) before--;
    if ((at - before) % 2 === 0) return at;
  }
}

const MINUS = 0x2d;

/** Whether a UTF-16 unit is a decimal digit. */
export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** A digit, `.`, `+`, `-`, `e` or `E`: in valid JSON a number ends at the first other character. */
export function isPartOfNumber(unit: number): boolean {
  return isDigit(unit) || unit === 0x2e || unit === 0x2b || unit === MINUS || (unit | 0x20) === 0x65;
}
