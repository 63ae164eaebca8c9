import { isJsonObject, type JsonValue } from "./value.ts";

/*
 * V8 (15.0 in Deno 2.9.6; nodejs/node#63785) gives some keys that are written with escapes the name of another key at
 * the same position of an earlier object: after `{"m":[],"verdic\\":0}` it reads `"verdic\u0074"` as `verdic\`. The
 * author of the JSON could use this to hide a member from a policy or a digest that every other reader sees.
 *
 * INVARIANT: no key that contains an escape is taken from `JSON.parse`.
 */

/** A text without escapes in its keys, and the names that some placeholder keys stand for. */
export interface PlainKeys {
  readonly text: string;
  /** Names that can't be written without an escape, by placeholder key. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Rewrite the keys of a text without escapes; `undefined` if no key has any.
 *
 * @param text one that `JSON.parse` accepted
 */
export function spellKeysPlainly(text: string): PlainKeys | undefined {
  if (!text.includes("\\")) return undefined;
  const { taken, escaped } = findKeys(text);
  if (escaped.length === 0) return undefined;
  const standIns = new Map<string, string>();
  let spelled = "";
  let from = 0;
  let next = 0;
  for (const { start, end, name } of escaped) {
    let key = needsEscape(name) ? standIns.get(name) : name;
    if (key === undefined) {
      do key = `#${next++}`; while (taken.has(key));
      standIns.set(name, key);
    }
    spelled += text.slice(from, start) + `"${key}"`;
    from = end;
  }
  const names = new Map([...standIns].map(([name, key]) => [key, name]));
  return { text: spelled + text.slice(from), names };
}

function needsEscape(name: string): boolean {
  return JSON.stringify(name) !== `"${name}"`;
}

/** Replace placeholder keys with their names at every level. Recursive. */
export function restoreNames(value: JsonValue, names: ReadonlyMap<string, string>): void {
  if (Array.isArray(value)) {
    for (const item of value) restoreNames(item, names);
  } else if (isJsonObject(value)) {
    const members = Object.entries(value);
    for (const [, member] of members) restoreNames(member, names);
    if (!members.some(([key]) => names.has(key))) return;
    // All members are removed and added again, to preserve their order.
    for (const [key] of members) delete value[key];
    for (const [key, member] of members) {
      const name = names.get(key) ?? key;
      // By definition, since an assignment to `__proto__` would not make a member.
      Object.defineProperty(value, name, {
        value: member,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}

interface EscapedKey {
  /** From its opening quote to after its closing one. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** The keys with escapes, and the names of all keys, which no placeholder may equal. */
function findKeys(text: string): { taken: Set<string>; escaped: EscapedKey[] } {
  const taken = new Set<string>();
  const escaped: EscapedKey[] = [];
  for (let start = text.indexOf('"'); start >= 0;) {
    let end = start + 1;
    let hasEscape = false;
    for (; text[end] !== '"'; end++) {
      if (text[end] !== "\\") continue;
      hasEscape = true;
      end++;
    }
    end++;
    let behind = end;
    while (BLANK.includes(text[behind] ?? "x")) behind++;
    if (text[behind] === ":") {
      // Parsed as a separate string, not as a key, so the bug does not apply.
      const name: string = hasEscape ? JSON.parse(text.slice(start, end)) : text.slice(start + 1, end - 1);
      if (hasEscape) escaped.push({ start, end, name });
      taken.add(name);
    }
    start = text.indexOf('"', end);
  }
  return { taken, escaped };
}

const BLANK = " \t\r\n";
