import { isRounded } from "../../../formats/json/exact_numbers.ts";

/** Nesting beyond this is refused (docs/spec/mcp.md 10.3). */
export const MAX_MESSAGE_DEPTH = 128;

/** A message with more values is refused: a million empty lists in two megabytes take a hundred times their size. */
export const MAX_MESSAGE_VALUES = 1_000_000;

/** Where a value stands in the text of a message, from its first character to behind its last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What the text of a message says beyond its parsed value. */
export interface Scan {
  /** A key that occurs twice in one object. */
  readonly duplicate: string | undefined;
  /** Positions of the values at {@linkcode LOCATED}. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** The items of the outermost list. */
  readonly items: readonly Range[];
  /** Whether a number stands in `params.arguments` that a double can't represent. */
  readonly inexactArguments: boolean;
  /** Whether `id` occurs more than once at the top. */
  readonly repeatedId: boolean;
}

/** The path of a value: its keys, joined by a character that a located key never holds. */
export function pathOf(...keys: readonly string[]): string {
  return keys.join("\0");
}

export const ID = pathOf("id");
export const ARGUMENTS = pathOf("params", "arguments");
export const REQUEST_ID = pathOf("params", "requestId");
export const OWN_PROGRESS_TOKEN = pathOf("params", "_meta", "progressToken");
export const PROGRESS_TOKEN = pathOf("params", "progressToken");
export const SUBSCRIPTION_ID_KEY = "io.modelcontextprotocol/subscriptionId";
export const SUBSCRIPTION_ID = pathOf("params", "_meta", SUBSCRIPTION_ID_KEY);
export const RESULT_SUBSCRIPTION_ID = pathOf("result", "_meta", SUBSCRIPTION_ID_KEY);

/** The values whose position is recorded. */
const LOCATED: ReadonlySet<string> = new Set([
  ID,
  ARGUMENTS,
  REQUEST_ID,
  OWN_PROGRESS_TOKEN,
  PROGRESS_TOKEN,
  SUBSCRIPTION_ID,
  RESULT_SUBSCRIPTION_ID,
]);

/** The objects whose members are located. */
const FOLLOWED: ReadonlySet<string> = new Set([
  pathOf("params"),
  pathOf("params", "_meta"),
  pathOf("result"),
  pathOf("result", "_meta"),
]);

/**
 * The limit that a text exceeds, if any. It need not be JSON: this is found out before anything is parsed, so that it
 * costs no memory.
 */
export function excessOf(
  text: string,
  { levels, values } = { levels: MAX_MESSAGE_DEPTH, values: MAX_MESSAGE_VALUES },
): "levels" | "values" | undefined {
  let depth = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfText(text, at);
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > levels) return "levels";
        if (++count > values) return "values";
        break;
      case 0x2c:
        if (++count > values) return "values";
        break;
      case 0x7d:
      case 0x5d:
        depth--;
    }
  }
  return undefined;
}

/** An object or a list that is being walked. */
interface Open {
  /** The keys of an object so far; nothing for a list. */
  readonly keys: Set<string> | undefined;
  /** Its path, if its members are located. */
  readonly path: string | undefined;
  /** The path of the member whose value comes next. */
  member: string | undefined;
  readonly start: number;
}

/** Walk a text that `JSON.parse` accepted, once and without recursion. */
export function scanMessage(text: string): Scan {
  const open: Open[] = [];
  const ranges = new Map<string, Range>();
  const items: Range[] = [];
  let duplicate: string | undefined;
  let repeatedId = false;
  let expectsKey = false;
  let argumentsDepth = 0;
  let inexactArguments = false;

  const begin = (start: number, keys: Set<string> | undefined) => {
    const member = open.at(-1)?.member;
    const path = open.length === 0 ? "" : member !== undefined && FOLLOWED.has(member) ? member : undefined;
    if (member === ARGUMENTS) argumentsDepth = open.length + 1;
    open.push({ keys, path, member: undefined, start });
  };
  const value = (start: number, end: number) => {
    const holder = open.at(-1);
    if (!holder) return;
    if (open.length === 1 && !holder.keys) items.push({ start, end });
    if (holder.member !== undefined && LOCATED.has(holder.member)) ranges.set(holder.member, { start, end });
  };

  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    switch (unit) {
      case 0x7b /* { */:
        begin(at, new Set());
        expectsKey = true;
        break;
      case 0x5b /* [ */:
        begin(at, undefined);
        expectsKey = false;
        break;
      case 0x7d /* } */:
      case 0x5d /* ] */: {
        const { start } = open.pop()!;
        if (open.length < argumentsDepth) argumentsDepth = 0;
        value(start, at + 1);
        expectsKey = false;
        break;
      }
      case 0x2c /* , */:
        expectsKey = open.at(-1)?.keys !== undefined;
        break;
      case 0x22 /* " */: {
        const end = endOfText(text, at);
        if (expectsKey) {
          const holder = open.at(-1)!;
          const key = decoded(text.slice(at, end + 1));
          if (holder.keys!.has(key)) {
            duplicate ??= key;
            if (open.length === 1 && key === "id") repeatedId = true;
          }
          holder.keys!.add(key);
          holder.member = holder.path === undefined
            ? undefined
            : holder.path === ""
            ? key
            : pathOf(holder.path, key);
          expectsKey = false;
        } else value(at, end + 1);
        at = end;
        break;
      }
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
      case 0x3a /* : */:
        break;
      default: {
        // A number, true, false or null.
        let end = at + 1;
        while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++;
        if (argumentsDepth > 0 && (unit === 0x2d || unit <= 0x39)) {
          inexactArguments ||= isRounded(text.slice(at, end));
        }
        value(at, end);
        at = end - 1;
      }
    }
  }
  return { duplicate, ranges, items, inexactArguments, repeatedId };
}

function decoded(quoted: string): string {
  return quoted.includes("\\") ? JSON.parse(quoted) : quoted.slice(1, -1);
}

export function isDelimiter(unit: number): boolean {
  return unit === 0x2c || unit === 0x5d || unit === 0x7d || unit === 0x20 || unit === 0x09 || unit === 0x0a ||
    unit === 0x0d;
}

/** Position of the quote that ends the text which starts at a position, or of the last character when none does. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at;
    if (unit === 0x5c) at++;
  }
  return text.length - 1;
}
