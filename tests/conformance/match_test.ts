import assert from "node:assert/strict";
import { type Json, parseExact } from "./case.ts";
import { expandExpected, mismatch, pythonRegex } from "./match.ts";

const matches = (expected: Json, actual: Json) => mismatch(expected, actual) === undefined;

for (
  const [expected, actual, does] of [
    ['{"a": 1}', '{"a": 1, "b": 2}', true],
    ['{"a": 1}', '{"b": 2}', false],
    ['{"a": null}', "{}", false],
    ['{"a": {"!absent": true}}', "{}", true],
    ['{"a": {"!absent": true}}', '{"a": null}', false],
    ['{"a": {"!absent": false}}', '{"a": {"!absent": false}}', true],
    ['{"constructor": 1}', "{}", false],
    ["[1, 2]", "[1, 2]", true],
    ["[1]", "[1, 2]", false],
    ["[2, 1]", "[1, 2]", false],
    ["[]", "{}", false],
    ["{}", "[]", false],
    ["{}", "null", false],
    ["1", "1.0", true],
    ["1", "true", false],
    ["0", "false", false],
    ["0", "null", false],
    ['"1"', "1", false],
    ["12345678901234567890", "12345678901234567890", true],
    ["12345678901234567890", "12345678901234567891", false],
    ["9007199254740992", "9007199254740993", false],
    ['"a"', '"ab"', false],
    ['"~a"', '"bab"', true],
    ['"~^a$"', '"ab"', false],
    ['"~^a.b$"', '"a\\nb"', true],
    ['"~a"', "[]", false],
    ['"~"', "null", false],
  ] as const
) {
  Deno.test(`${expected} ${does ? "matches" : "does not match"} ${actual}`, () => {
    assert.equal(matches(parseExact(expected), parseExact(actual)), does);
  });
}

for (
  const [source, text, found] of [
    ["^a$", "a\n", true],
    ["^a$", "a\n\n", false],
    ["^a[$]$", "a$", true],
    ["^a\\$$", "a$", true],
    ["(?is)^A.B$", "a\nb", true],
    ["^a\\-b\\ c\\|d\\&$", "a-b c|d&", true],
    ["^é$", "é", true],
  ] as const
) {
  Deno.test(`/${source}/ ${found ? "finds" : "does not find"} ${JSON.stringify(text)}`, () => {
    assert.equal(pythonRegex(source).test(text), found);
  });
}

Deno.test("a place stands for itself in a regular expression, however it is spelt", () => {
  const places = { work: "/tmp/a+b (c)$&", port: "80" };
  const expected = expandExpected({ "{work}": ["~^{work}/x:{port}$", "{work}"] }, places);
  assert.ok(matches(expected, { "{work}": [`${places.work}/x:80`, places.work] }));
  assert.ok(!matches(expected, { "{work}": ["/tmp/aab (c)/x:80", places.work] }));
});
