import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesWildcard } from "./wildcard.ts";

Deno.test("matchesWildcard() matches whole texts", () => {
  for (
    const [pattern, text, expected] of [
      ["", "", true],
      ["*", "", true],
      ["*", "a/b\n", true],
      ["a?c", "abc", true],
      ["a?c", "ac", false],
      ["Order *", "Order 12", true],
      ["Order *", "My Order 12", false],
      ["*a*b", "xaxxbab", true],
      ["*a*b", "xaxxba", false],
      ["a.c", "abc", false],
      ["[ab]", "a", false],
    ] as const
  ) assert.equal(matchesWildcard(pattern, text), expected, `${pattern} ${text}`);
});

Deno.test("matchesWildcard() agrees with a plain search", () => {
  const unit = fc.constantFrom("a", "b", "*", "?");
  const slow = (pattern: string, text: string): boolean => {
    const [first, ...rest] = pattern;
    if (first === undefined) return text === "";
    const left = rest.join("");
    if (first === "*") return slow(left, text) || (text !== "" && slow(pattern, text.slice(1)));
    return text !== "" && (first === "?" || first === text[0]) && slow(left, text.slice(1));
  };
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 7 }), fc.string({ unit, maxLength: 9 }), (pattern, text) => {
      assert.equal(matchesWildcard(pattern, text), slow(pattern, text));
    }),
  );
});
