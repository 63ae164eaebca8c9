import type * as v from "valibot";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  strict_object: "an object",
  record: "an object",
  integer: "a whole number",
  safe_integer: "a whole number of at most 2^53 - 1",
};

/** Longest texts that are repeated. */
const SHOWN = 40;

/** What a field should be and what it is, in our words: those of the validator are about its own types. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const { type, received, requirement } = issue as typeof issue & { requirement?: unknown };
  const isKey = issue.path?.at(-1)?.origin === "key";
  if (isKey && received === "undefined") return "it is missing";
  if (isKey) return "no such member is known";
  const expected = expectedBy(type, issue.expected, requirement);
  return expected === undefined ? issue.message : `expected ${expected}, found ${kindOf(issue.input)}`;
}

/** Nothing where the schema has a text of its own. */
function expectedBy(type: string, expected: string | null, requirement: unknown): string | undefined {
  if (type === "picklist" || type === "literal") {
    return `one of ${(expected ?? "").replace(/^\(|\)$/g, "").replaceAll(" | ", ", ")}`.replace(
      /^one of (?!.*, )/,
      "",
    );
  }
  if (type === "min_value") return `at least ${requirement}`;
  if (type === "max_value") return `at most ${requirement}`;
  if (type === "min_length") return `at least ${requirement} of them`;
  if (type === "max_length") return `at most ${requirement} of them`;
  return KINDS[type];
}

function kindOf(input: unknown): string {
  if (input === undefined) return "nothing";
  if (input === null || typeof input === "number" || typeof input === "boolean") return `${input}`;
  if (typeof input === "string") {
    return JSON.stringify(input.length > SHOWN ? `${input.slice(0, SHOWN)}…` : input);
  }
  return Array.isArray(input) ? "a list" : "an object";
}
