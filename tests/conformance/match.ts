/** What an expectation means: the rules of matching, and the placeholders in them. */
import type { Json } from "./case.ts";

/** What placeholders stand for. */
export type Places = Readonly<Record<"work" | "port", string>>;

/**
 * The first difference as text, `undefined` when there is none. Of an object, every expected member must match and
 * further ones are allowed; an array has the same length and order; `{"!absent": true}` says that a member must not
 * be there.
 */
export function mismatch(expected: Json, actual: Json, where = "$"): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${where}: expected an array, got ${show(actual)}`;
    if (expected.length !== actual.length) {
      return `${where}: expected ${expected.length} items, got ${actual.length}: ${show(actual)}`;
    }
    return first(expected.keys(), (i) => mismatch(expected[i]!, actual[i]!, `${where}[${i}]`));
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return `${where}: expected an object, got ${show(actual)}`;
    return first(Object.keys(expected), (name) => {
      const [value, there] = [expected[name]!, Object.hasOwn(actual, name)];
      if (isObject(value) && value["!absent"]) {
        return there ? `${where}.${name}: should be absent, got ${show(actual[name]!)}` : undefined;
      }
      if (!there) return `${where}.${name}: missing (expected ${show(value)})`;
      return mismatch(value, actual[name]!, `${where}.${name}`);
    });
  }
  if (typeof expected === "string") {
    if (typeof actual === "string" && textMatches(expected, actual)) return undefined;
    return `${where}: expected ${show(expected)}, got ${show(actual)}`;
  }
  return expected === actual ? undefined : `${where}: expected ${show(expected)}, got ${show(actual)}`;
}

/** Whether a text is the expected one; `~REGEX` finds a match anywhere in it. */
export function textMatches(expected: string, actual: string): boolean {
  return expected.startsWith("~") ? pythonRegex(expected.slice(1)).test(actual) : expected === actual;
}

/**
 * A regular expression as the cases are written in: Python's, where `.` is any character, `$` stands also before
 * a line feed at the very end, and flags may stand in front, as in `(?i)`.
 */
export function pythonRegex(source: string): RegExp {
  const flags = /^\(\?([a-z]+)\)/.exec(source);
  const body = source.slice(flags?.[0].length ?? 0)
    .replace(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\$/g, (part) => part === "$" ? "(?=\\n?$(?![^]))" : part);
  return new RegExp(body, [...new Set(`s${flags?.[1] ?? ""}`)].join(""));
}

/** Put in what the placeholders stand for, everywhere in a value. */
export function expand<T>(value: T, places: Places): T {
  return mapTexts(value, (text) => {
    for (const [name, place] of Object.entries(places)) text = text.replaceAll(`{${name}}`, () => place);
    return text;
  });
}

/** The same for what is expected: a place stands for itself in a `~REGEX`. */
export function expandExpected<T>(value: T, places: Places): T {
  const escaped = { work: escapeRegex(places.work), port: escapeRegex(places.port) };
  return mapTexts(value, (text) => expand(text, text.startsWith("~") ? escaped : places));
}

function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)])) as T;
}

function escapeRegex(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, (character) => `\\${character}`);
}

function first<T>(items: Iterable<T>, look: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: Json): string {
  const text = JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}` : part);
  return text.length <= 160 ? text : text.slice(0, 157) + "...";
}
