import { trim, trimLower } from "../formats/text.ts";
import { VERDICTS } from "../schema/verdict.ts";
import { excerpt, type Fields } from "./fields.ts";

/** A member that is one of few words; blank reads as `fallback`, case does not count. */
export function oneOf(fields: Fields, name: string, allowed: readonly string[], fallback: string): string {
  const value = trimLower(fields.text(name)) || fallback;
  if (!allowed.includes(value)) notOneOf(fields, name, value, allowed);
  return value;
}

/** The verdict of a member and its alias, which must agree when both are given; `undefined` when none is. */
export function verdictOf(fields: Fields, name: string, alias: string): string | undefined {
  const [value, other] = [name, alias].map((member) => {
    const word = trimLower(fields.text(member));
    if (word !== "" && !isIn(word, VERDICTS)) notOneOf(fields, member, word, VERDICTS);
    return word;
  });
  if (value && other && value !== other) {
    fields.mistake(alias, `"${name}" is "${value}" but "${alias}" is "${other}"`, {
      hint: `"${alias}" is another name of "${name}": keep one of them`,
    });
  }
  return value || other || undefined;
}

/** An integer that is not negative. */
export function natural(fields: Fields, name: string): bigint {
  const value = fields.integer(name);
  if (value < 0n) fields.mistake(name, `"${name}" must not be negative, found ${value}`);
  return value;
}

/** Refuse an item that is not one of the known words. */
export function checkItems(
  fields: Fields,
  name: string,
  items: readonly string[],
  allowed: readonly string[],
): readonly string[] {
  for (const item of items) if (!isIn(item, allowed)) notOneOf(fields, name, item, allowed);
  return items;
}

/** A trimmed text, or `fallback` when it is blank. */
export function trimmedOr(text: string, fallback: string): string {
  return trim(text) || fallback;
}

function isIn(word: string, words: readonly string[]): boolean {
  return words.includes(word);
}

function notOneOf(fields: Fields, name: string, value: string, allowed: readonly string[]): void {
  fields.mistake(name, `"${name}" can't be "${excerpt(value)}"`, {
    detail: "policy_word",
    hint: `Use one of: ${allowed.filter((word) => word !== "").join(", ")}`,
  });
}
