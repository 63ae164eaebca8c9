import { concat } from "../bytes.ts";
import { endOfString, endOfValue, skipBlanks } from "./skim.ts";

/** The elements of an array of objects in a text: each begins where one of the list does, and ends before the byte before the next. */
export interface ArrayParts {
  readonly length: number;
  /** One more than there are elements. */
  readonly starts: Uint32Array;
}

/** An object whose large arrays were taken out. */
export interface TakenApart {
  readonly arrays: ReadonlyMap<string, ArrayParts>;
  /** The text with each of these arrays empty. */
  readonly rest: Uint8Array;
}

/**
 * Find the elements of arrays of objects that are members of the object of a text.
 *
 * INVARIANT: if the rest is JSON and each element is a JSON value, the text is JSON, and has these elements in these
 * members. So nothing is checked here.
 *
 * @returns `undefined` for a text that is not of the usual form
 */
export function takeApart(bytes: Uint8Array, names: readonly string[]): TakenApart | undefined {
  const end = bytes.length;
  const arrays = new Map<string, ArrayParts>();
  const rest: Uint8Array[] = [];
  let kept = 0;
  let at = skipBlanks(bytes, 0, end);
  if (bytes[at] !== OPEN_OBJECT) return undefined;
  do {
    at = skipBlanks(bytes, at + 1, end);
    if (bytes[at] !== QUOTE) return undefined;
    const behind = endOfString(bytes, at, end);
    const name = nameIn(bytes, at + 1, behind - 1);
    at = skipBlanks(bytes, behind, end);
    if (name === undefined || bytes[at] !== COLON) return undefined;
    at = skipBlanks(bytes, at + 1, end);
    if (names.includes(name)) {
      if (arrays.has(name) || bytes[at] !== OPEN_ARRAY) return undefined;
      const parts = partsOf(bytes, at, end);
      if (parts === undefined) return undefined;
      arrays.set(name, parts);
      rest.push(bytes.subarray(kept, at + 1));
      kept = parts.starts[parts.length]! - 1;
    }
    at = endOfValue(bytes, at, end);
  } while (bytes[at] === COMMA);
  rest.push(bytes.subarray(kept));
  return { arrays, rest: concat(rest) };
}

/** A name without escapes, between its quotes; a long one is of none of ours. */
function nameIn(bytes: Uint8Array, from: number, end: number): string | undefined {
  if (end - from > LONGEST_NAME) return "";
  let name = "";
  for (let i = from; i < end; i++) {
    const unit = bytes[i]!;
    if (unit === BACKSLASH) return undefined;
    name += String.fromCharCode(unit);
  }
  return name;
}

const LONGEST_NAME = 64;

/** The elements of the array whose bracket stands at `at`. */
function partsOf(bytes: Uint8Array, at: number, end: number): ArrayParts | undefined {
  let starts = new Uint32Array(1024);
  let length = 0;
  at++;
  const first = skipBlanks(bytes, at, end);
  starts[0] = first + 1;
  if (bytes[first] === CLOSE_ARRAY) return { length, starts };
  for (;;) {
    starts[length++] = at;
    if (length === starts.length) {
      const more = new Uint32Array(2 * length);
      more.set(starts);
      starts = more;
    }
    // An attacker could give an element a byte otherwise, and the list has four bytes or more for each.
    if (bytes[skipBlanks(bytes, at, end)] !== OPEN_OBJECT) return undefined;
    at = endOfValue(bytes, at, end) + 1;
    starts[length] = at;
    if (bytes[at - 1] === CLOSE_ARRAY) return { length, starts };
    if (bytes[at - 1] !== COMMA) return undefined;
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x5b, 0x5d];
