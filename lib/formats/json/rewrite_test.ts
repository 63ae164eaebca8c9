import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalize } from "./canonical.ts";
import { readJson } from "./read.ts";
import { rewriteJson, rewritingRoom } from "./rewrite.ts";

const AROUND = 7;

/** The canonical form of a text as it stands between others; `undefined` if it is not rewritten. */
function rewritten(text: string): string | undefined {
  const bytes = new TextEncoder().encode(text);
  // Digits, quotes and brackets behind the text must not be taken for its end.
  const source = new TextEncoder().encode(`12"}],-e${"x".repeat(bytes.length)}"}]0.5e7`);
  source.set(bytes, AROUND);
  const target = new Uint8Array(rewritingRoom(bytes.length));
  const size = rewriteJson(source, AROUND, AROUND + bytes.length, target);
  return size === 0 ? undefined : new TextDecoder("utf-8", { fatal: true }).decode(target.subarray(0, size));
}

/** What the careful way makes of it; `undefined` if it refuses it. */
function carefully(text: string): string | undefined {
  try {
    return canonicalize(readJson(text, { what: "text", duplicates: "refuse", numbers: "text" }));
  } catch {
    return undefined;
  }
}

/** Nothing is rewritten in another way, and nothing that is refused. */
function checkSame(text: string): void {
  const form = rewritten(text);
  if (form !== undefined) assert.equal(form, carefully(text), text);
}

Deno.test("rewriteJson() gives the canonical form of what is simple", () => {
  const simple = [
    "{}",
    "[]",
    "0",
    "-7",
    "true",
    "null",
    '""',
    ' { "b" : [ 1 , { } , [ ] ] ,\t"a" : "x" } \r\n',
    '{"b":1,"a":{"d":2,"c":3}}',
    '{"c":0,"b":{"z":[{"y":1,"x":2}],"a":1},"a":2}',
    '{"a":1,"aa":2,"a!":3,"a b":4,"A":5,"":6,"~":7,"_":8}',
    '{"10":1,"9":2,"__proto__":3,"constructor":4}',
    String.raw`{"t":"\" \\ \/ \b\f\n\r\t \u00e9 \u000B \u0022 \u005C \u2028 \uD83D\uDE00 é😀"}`,
    String
      .raw`["\u0020\u007e\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff\u001f\u0041"]`,
    '{"n":[123456789012345,-123456789012345,0.5,-0.5,0.000001,12.345678,1.25]}',
    `{"long":"${"x".repeat(500)}","key":"${"y".repeat(300)}"}`,
    `[${"1,".repeat(9000)}2]`,
    `{"b":{${Array.from({ length: 64 }, (_, i) => `"k${63 - i}":${i}`).join(",")}},"a":1}`,
  ];
  for (const text of simple) {
    const form = carefully(text);
    assert.ok(form !== undefined, text);
    assert.equal(rewritten(text), form, text);
  }
});

Deno.test("rewriteJson() leaves alone what is no JSON, or needs care", () => {
  const hard = [
    ...'{ } [ ] " , : - . + tru nul1 falsee 01 -01 00 1. .5 +1 1e3 1E3 1.5e2 NaN {}{} 1,2 --1'.split(" "),
    ...['{"a":1,}', "[1,]", "[,]", '{"a"}', '{"a":}', "{a:1}", "{'a':1}", '{"a":1 "b":2}', "[1 2]", "{1:2}"],
    ...["", " ", "\ufeff{}", "\u00a0{}", "\v1", "{}\0", '"\t"', '"\u0001"', '{"a\n":1}', '"abc', '{"a":"b'],
    ...[String.raw`"\x41"`, String.raw`"\u12"`, String.raw`"\u12G4"`, String.raw`"\"`, String.raw`"\u`],
    // Half of a pair, keys whose names or order are not their bytes, and what occurs twice.
    ...[String.raw`"\ud800"`, String.raw`"\udc00"`, String.raw`"\ud800\ud800"`, String.raw`"\ud800A"`],
    ...['{"é":1}', String.raw`{"\u0061":1}`, '{"a":1,"a":2}', '{"b":1,"a":2,"b":3}', '{"x":{"a":1,"a":1}}'],
    // Numbers that are written in another way, or that a double does not keep.
    ...["-0", "-0.0", "0.0", "1.0", "1.50", "0.0000001", "1234567890123456", "0.1234567", "1e21"],
    "[".repeat(65) + "]".repeat(65),
    `{${Array.from({ length: 65 }, (_, i) => `"k${99 - i}":0`).join(",")}}`,
    `${'{"a":'.repeat(65)}1${"}".repeat(65)}`,
  ];
  for (const text of hard) assert.equal(rewritten(text), undefined, text);
});

const odd = fc.constantFrom<unknown>(
  ...[-0, 1e21, 1e-7, 0.1, 1.5, 2 ** 53, 2 ** 53 + 2, 5e-324, 1.7976931348623157e308],
  ...'é 😀 \u2028 \ufffd \ufb33 \ud800 \udc00x \\ " \u0000 \u007f \u0080 </script>'.split(" "),
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 3 }) },
  fc.constantFrom("", "0", "10", "9", "__proto__", "a", "ab", "a!", "é", "\ufb33", "😀", "\ud800", "\n", '"'),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    odd,
    fc.double(),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom(true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 6, noNullPrototype: true }),
  ),
}));

Deno.test("rewriteJson() gives the canonical form of any value, or nothing", () => {
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, "\t"), (value, space) => {
      checkSame(JSON.stringify(value, undefined, space));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("rewriteJson() gives nothing else of texts that were changed somewhere", () => {
  const pieces = fc.constantFrom(
    ...'{ } [ ] , : " \\ - + . 0 1 9 e E true nul a \\u \\ud83d \\ude00 \\u0061 \n é 00 -0 1.0 ,,'.split(" "),
  );
  fc.assert(
    fc.property(
      value,
      fc.array(fc.tuple(fc.nat(), fc.nat(3), pieces), { maxLength: 3 }),
      (value, changes) => {
        let text = JSON.stringify(value);
        for (const [place, taken, given] of changes) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + given + text.slice(at + taken);
        }
        checkSame(text.toWellFormed());
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("rewriteJson() rewrites what comes after a text that was given up", () => {
  for (const bad of ['{"b":{"a":1,"c', "[[[[", '{"b":1,"a":2,"b":3}', `[${'{"a":'.repeat(70)}`]) {
    assert.equal(rewritten(bad), undefined);
    assert.equal(rewritten('{"b":[{"d":1,"c":2}],"a":3}'), '{"a":3,"b":[{"c":2,"d":1}]}');
  }
});
