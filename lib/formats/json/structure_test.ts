import assert from "node:assert/strict";
import fc from "fast-check";
import { measureDepth, measureJson } from "./structure.ts";

/** A slow parser for valid JSON, by recursion, that shares nothing with the code under test. */
function slowMeasure(text: string): { depth: number; duplicates: number } {
  let rest = text;
  let deepest = 0;
  let duplicates = 0;
  const take = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(rest)?.[0];
    if (match !== undefined) rest = rest.slice(match.length);
    return match;
  };
  const blank = () => void take(/^[ \t\r\n]*/);
  const string = () => take(/^"(?:[^"\\]|\\.)*"/);
  const value = (depth: number): void => {
    blank();
    if (take(/^\[/)) {
      deepest = Math.max(deepest, depth + 1);
      blank();
      if (take(/^\]/)) return blank();
      do value(depth + 1); while (take(/^,/));
      assert.ok(take(/^\]/));
    } else if (take(/^\{/)) {
      deepest = Math.max(deepest, depth + 1);
      const keys: string[] = [];
      blank();
      if (take(/^\}/)) return blank();
      do {
        blank();
        const key = JSON.parse(string()!);
        if (keys.includes(key)) duplicates++;
        keys.push(key);
        blank();
        assert.ok(take(/^:/));
        value(depth + 1);
      } while (take(/^,/));
      assert.ok(take(/^\}/));
    } else assert.ok(string() ?? take(/^[^,\]}\s]+/));
    blank();
  };
  value(0);
  assert.equal(rest, "");
  return { depth: deepest, duplicates };
}

/** JSON texts with repeated keys, odd white space, escapes, and brackets inside of texts. */
const texts = fc.letrec<{ value: string }>((tie) => {
  const blank = fc.constantFrom("", "", " ", "\n\t");
  const string = fc.constantFrom(
    '"a"',
    '"b"',
    '"\\u0061"',
    '"\\"{"',
    '"[\\\\"',
    '""',
    '"},"',
    '"é"',
    '"\\\\"',
  );
  const list = fc.array(fc.tuple(blank, tie("value"), blank).map((parts) => parts.join("")), {
    maxLength: 4,
  });
  const member = fc.tuple(blank, string, blank, tie("value"), blank)
    .map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`);
  return {
    value: fc.oneof(
      { maxDepth: 5, depthSize: "large" },
      fc.constantFrom("1", "-2.5e3", "null", "true"),
      string,
      fc.tuple(blank, list).map(([space, items]) => `[${items.length === 0 ? space : items.join(",")}]`),
      fc.array(member, { maxLength: 4 }).map((members) => `{${members.join(",")}}`),
    ),
  };
}).value;

Deno.test("measureJson() agrees with a slow parser on depth and on repeated keys", () => {
  let seen = 0;
  fc.assert(
    fc.property(texts, (text) => {
      JSON.parse(text);
      const slow = slowMeasure(text);
      const fast = measureJson(text);
      assert.equal(fast.depth, slow.depth);
      assert.equal(measureDepth(text), slow.depth);
      assert.equal(fast.duplicate !== undefined, slow.duplicates > 0);
      if (slow.duplicates > 0) seen++;
    }),
    { numRuns: 2000, seed: 20260205 },
  );
  assert.ok(seen > 50, "the texts must hold repeated keys often enough");
});

Deno.test("measureJson() names the first repeated key, decoded", () => {
  assert.deepEqual(measureJson(String.raw`{"a":{"q\n":1,"q\u000a":2},"a":1}`), {
    depth: 2,
    duplicate: "q\n",
    hasEscapedKey: true,
    hasFraction: false,
    longestNumber: 1,
  });
  assert.deepEqual(measureJson("3"), {
    depth: 0,
    duplicate: undefined,
    hasEscapedKey: false,
    hasFraction: false,
    longestNumber: 1,
  });
  const many = Array.from({ length: 40 }, (_, i) => `"k${i}":0`).join(",");
  assert.equal(measureJson(`{${many}}`).duplicate, undefined);
  assert.equal(measureJson(`{${many},"k39":1}`).duplicate, "k39");
  assert.equal(measureJson(`{"a":"\\u0041","b":{"c":1}}`).hasEscapedKey, false);
});

Deno.test("measureJson() tells how numbers are written, and takes no text for one", () => {
  const numbers: [text: string, hasFraction: boolean, longest: number][] = [
    ["-0", false, 2],
    ["[1,-12,123]", false, 3],
    ['{"a":1.5}', true, 3],
    ['{"a": 1E+5 , "b":true}', true, 4],
    ["[1,2e5]", true, 3],
    ['{"1.5":"2e5","c":[false,null,"12345678901234567890"]}', false, 0],
    ["12345678901234567890 ", false, 20],
    ['["\\"1.5",7]', false, 1],
  ];
  for (const [text, hasFraction, longestNumber] of numbers) {
    JSON.parse(text);
    const found = measureJson(text);
    assert.deepEqual([found.hasFraction, found.longestNumber], [hasFraction, longestNumber], text);
  }
});
