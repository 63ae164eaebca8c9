import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";

/*
 * How the values of a policy file can be written (docs/spec/gate.md 1.1, item 4), as JSON Schema for editors. A
 * policy is read without it, because its mistakes need places; tests hold the schema against the reader.
 *
 * JSON Schema draft 7 without references, which YAML editors support best, with a description for every key.
 */

/** A text: any scalar is accepted, null as the empty text. */
export function text(description: string): JsonObject {
  return { description, type: ["string", "number", "boolean", "null"] };
}

/** One of a closed set of words, ignoring case and surrounding blanks. */
export function word(description: string, words: readonly string[], fallback?: string): JsonObject {
  return { description, ...(fallback === undefined ? {} : { default: fallback }), ...oneOf(words) };
}

/** A text, with words to offer. */
export function anyWord(description: string, offered: readonly string[], fallback = ""): JsonObject {
  const anyOf = [{ enum: [...offered] }, { type: ["string", "number", "boolean", "null"] }];
  return { description, ...(fallback === "" ? {} : { default: fallback }), anyOf };
}

/** A list of texts, with words to offer. */
export function texts(description: string, offered: readonly string[] = []): JsonObject {
  const any: JsonObject = { type: ["string", "number", "boolean", "null"] };
  const items = offered.length === 0 ? any : { anyOf: [{ enum: [...offered] }, any] };
  return { description, type: ["array", "null"], items };
}

/** A list of words of a closed set. */
export function words(description: string, allowed: readonly string[]): JsonObject {
  return { description, type: ["array", "null"], items: oneOf(allowed) };
}

/** A whole number, at least 0 unless it may be negative; fractions are cut off. */
export function integer(description: string, { negative = false } = {}): JsonObject {
  return {
    description,
    anyOf: [negative ? { type: "number" } : { type: "number", exclusiveMinimum: -1 }, ...NO_NUMBER],
  };
}

/** A number up to 1. */
export function share(description: string): JsonObject {
  return { description, anyOf: [{ type: "number", maximum: 1 }, ...NO_NUMBER] };
}

/** True or false. */
export function flag(description: string): JsonObject {
  return { description, type: ["boolean", "null"] };
}

/** A mapping of known keys. */
export function block(description: string, properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { description, type: ["object", "null"], properties, additionalProperties: false, ...more };
}

/** A condition: when a block has one of these members filled, these others must have this form. */
export function whenFilled(members: JsonObject, then: JsonObject): JsonObject {
  const filled = Object.entries(members).map(([name, form]) => ({
    properties: { [name]: form },
    required: [name],
  }));
  return { if: { type: "object", anyOf: filled }, then: { properties: then } };
}

/** A list that is not empty, as a condition. */
export const FILLED: JsonObject = {
  type: "array",
  contains: { type: ["string", "number", "boolean"], not: { type: "string", pattern: "^\\s*$" } },
};

/** A number above 0, as a condition. */
export const POSITIVE: JsonObject = { type: "number", minimum: 1 };

/** One of a closed set of words, or none, without description. */
export function oneOf(words: readonly string[]): JsonObject {
  const anyOf = [...wordForms(words), { type: "string", pattern: "^\\s*$" }, { type: "null" }];
  return { anyOf };
}

/**
 * The schemas of a closed set of words: in canonical form, which editors offer, and in any case with surrounding
 * blanks.
 */
export function wordForms(words: readonly string[]): JsonObject[] {
  const caseless = words.filter((name) => name !== "").map(anyCase).join("|");
  return [{ enum: [...words] }, { type: "string", pattern: `^\\s*(?:${caseless})\\s*$` }];
}

function anyCase(name: string): string {
  return [...name].map((char) =>
    /[a-z]/.test(char) ? `[${char}${char.toUpperCase()}]` : char.replace(".", "\\.")
  ).join("");
}

/** Quoted numbers, and notations that other YAML readers parse as strings: `"5"`, `1_000`, `0b101`. */
const NO_NUMBER: readonly JsonValue[] = [
  { type: "string", pattern: "^[-+]?\\.?[0-9][0-9a-fA-Fxob_.+-]*$" },
  { type: "null" },
];
