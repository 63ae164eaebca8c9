import assert from "node:assert/strict";
import fc from "fast-check";
import { syntaxFault } from "./syntax_fault.ts";

function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Everything that stands before the place that is named is the beginning of some JSON text. */
function offsetOf(text: string, fault: string): number {
  const found = /^line (\d+), column (\d+): /.exec(fault);
  if (!found) return text.length;
  const lines = text.split("\n").slice(0, Number(found[1]) - 1);
  return lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(found[2]) - 1;
}

Deno.test("syntaxFault() names the place", () => {
  for (
    const [text, at] of [
      ['{"a":1,}', 7],
      ["{'a':1}", 1],
      ['{"a" 1}', 5],
      ["[1 2]", 3],
      ["[1,]", 3],
      ["01", 1],
      ["nul", 0],
      ["1 1", 2],
      ['{"a":1}\n{"b":2}', 8],
      ['["\\x"]', 2],
      ['["a\nb"]', 3],
      ['{"a":[1,{"b":tru}]}', 13],
      ['["\\u12"]', 2],
      ["NaN", 0],
      ["{a:1}", 1],
      ["// x\n{}", 0],
    ] as const
  ) {
    assert(!accepts(text), text);
    assert.equal(offsetOf(text, syntaxFault(text)), at, `${text}: ${syntaxFault(text)}`);
  }
});

Deno.test("20: syntaxFault() shows no more than a sign of what may be a key or a token", () => {
  for (const secret of ["mHZdJ1X0gGjWzOj+C9tw=", "NaN+C9tw", "sk-ant-123", "swordfish"]) {
    for (const text of [secret, `{"a": ${secret}}`, `[1 ${secret}]`]) {
      assert.ok(syntaxFault(text).endsWith(`found "${secret[0]}"`), syntaxFault(text));
    }
  }
  assert.ok(syntaxFault('{"a": None}').endsWith('found "None"'));
});

Deno.test("syntaxFault() reports a text that ends too early, also one without anything", () => {
  for (const text of ["", " \n", "{", '{"a"', '{"a":', "[", "[1", "[1,", '{"a":1,']) {
    assert.doesNotMatch(syntaxFault(text), /^line/, text);
  }
});

Deno.test("syntaxFault() answers for whatever JSON.parse() refuses, and shows nothing invisible", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "1",
    "-",
    ".",
    "e",
    "tru",
    "true",
    " ",
    "\n",
    "a",
    "\u202e",
    "\x1b",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")), (text) => {
      if (accepts(text)) return;
      const fault = syntaxFault(text);
      assert(offsetOf(text, fault) <= text.length);
      // deno-lint-ignore no-control-regex -- these must not come through
      assert.doesNotMatch(fault, /[\u0000-\u001f\u202e]/);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("syntaxFault() takes time in proportion to the text", () => {
  const deep = "[".repeat(500_000);
  assert.match(syntaxFault(deep), /ends/);
  assert.match(syntaxFault(`"${"a".repeat(1_000_000)}`), /no end/);
  assert.match(syntaxFault("1".repeat(1_000_000) + "x"), /column 1000001/);
});
