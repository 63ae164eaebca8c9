import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalBytes, canonicalize, MAX_DEPTH } from "./canonical.ts";
import type { JsonValue } from "./value.ts";

const INVALID = { code: "invalid_input" };

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

function doubleOf(bits: string): number {
  return new DataView(new BigUint64Array([BigInt(`0x${bits}`)]).buffer).getFloat64(0, true);
}

Deno.test("canonicalize() prints the numbers of RFC 8785 appendix B", async () => {
  const path = new URL("../../../testdata/canonical_json/numbers.json", import.meta.url);
  const vectors: { ieee754: string; text: string }[] = JSON.parse(await Deno.readTextFile(path));
  assert.equal(vectors.length, 24);
  for (const { ieee754, text } of vectors) assert.equal(canonicalize(doubleOf(ieee754)), text, ieee754);
});

Deno.test("canonicalize() prints the numbers of docs/spec/core.md section 1", () => {
  const pairs: [string, string][] = [
    ["1.0", "1"],
    ["1E30", "1e+30"],
    ["1e20", "100000000000000000000"],
    ["1e21", "1e+21"],
    ["0.000001", "0.000001"],
    ["0.0000001", "1e-7"],
    ["-0", "0"],
    ["9007199254740993", "9007199254740992"],
  ];
  for (const [given, text] of pairs) assert.equal(canonicalize(JSON.parse(given)), text);
});

Deno.test("canonicalize() refuses numbers that are no finite doubles", () => {
  for (const bits of ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"]) {
    assert.throws(() => canonicalize(doubleOf(bits)), INVALID);
    assert.throws(() => canonicalize({ a: [doubleOf(bits)] }), INVALID);
  }
});

Deno.test("canonicalize() prints the document of RFC 8785 section 3.2.2", () => {
  const given = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`;
  const text = String
    .raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(canonicalize(JSON.parse(given)), text);
});

Deno.test("canonicalize() sorts keys by UTF-16 code unit", () => {
  // RFC 8785 section 3.2.3: U+1F600 (d83d de00) stands before U+FB33.
  const keys = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
  const shuffled = [4, 0, 6, 1, 5, 2, 3].map((i) => [keys[i]!, i] as const);
  assert.deepEqual(
    Object.keys(JSON.parse(canonicalize(Object.fromEntries(shuffled)))).sort(),
    keys.toSorted(),
  );
  const order = canonicalize(Object.fromEntries(shuffled)).match(/"[^"]*"/g)!.map((key) => JSON.parse(key));
  assert.deepEqual(order, keys);
});

Deno.test("canonicalize() sorts keys that look like array indexes as texts", () => {
  assert.equal(canonicalize({ 10: 1, 9: 2, a: 3, "": 4, "-1": 5 }), '{"":4,"-1":5,"10":1,"9":2,"a":3}');
});

Deno.test("canonicalize() escapes quotes, backslashes and controls, and nothing else", () => {
  const short: Record<number, string> = {
    8: "\\b",
    9: "\\t",
    10: "\\n",
    12: "\\f",
    13: "\\r",
    34: '\\"',
    92: "\\\\",
  };
  for (let unit = 0; unit < 0x3000; unit++) {
    const expected = short[unit] ??
      (unit < 0x20 ? "\\u" + unit.toString(16).padStart(4, "0") : String.fromCharCode(unit));
    const text = canonicalize(String.fromCharCode(unit));
    if (text !== `"${expected}"`) assert.fail(`U+${unit.toString(16)} became ${text}`);
  }
});

Deno.test("canonicalize() writes a text as JSON.stringify() does, wherever in it a character needs an escape", () => {
  const unit = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(..."az09 !#[]~/") },
    fc.constantFrom('"', "\\", "\n", "\0", "\x1f", "\x7f", "é", "\u2028", "\u{1f600}"),
  );
  fc.assert(fc.property(fc.string({ unit, maxLength: 80 }), (text) => {
    assert.equal(canonicalize(text), JSON.stringify(text));
    assert.equal(canonicalize({ [text]: text }), `{${JSON.stringify(text)}:${JSON.stringify(text)}}`);
  }));
});

Deno.test("canonicalize() keeps both Unicode forms apart", () => {
  assert.notEqual(canonicalize("\u00e9"), canonicalize("e\u0301"));
});

Deno.test("canonicalize() refuses lone surrogates in values and in keys", () => {
  for (const text of ["\ud800", "a\udc00", "\udc00\ud800", "\ud83dx"]) {
    assert.throws(() => canonicalize(text), INVALID);
    assert.throws(() => canonicalize({ [text]: 1 }), INVALID);
  }
});

Deno.test("canonicalize() accepts MAX_DEPTH levels and refuses one more", () => {
  assert.equal(typeof canonicalize(nested(MAX_DEPTH)), "string");
  assert.throws(() => canonicalize(nested(MAX_DEPTH + 1)), INVALID);
  assert.throws(() => canonicalize(nested(200_000)), INVALID);
});

Deno.test("canonicalize() keeps a member named __proto__ at every level", () => {
  const text = '{"__proto__":{"__proto__":1,"a":[{"__proto__":null}]}}';
  assert.equal(canonicalize(JSON.parse(text)), text);
});

Deno.test("canonicalize() refuses values that JSON does not have", () => {
  for (const value of [undefined, 1n, Symbol("x"), () => 1]) {
    assert.throws(() => canonicalize(value as unknown as JsonValue), INVALID);
    assert.throws(() => canonicalize({ a: value } as unknown as JsonValue), INVALID);
  }
});

Deno.test("canonicalBytes() gives UTF-8 without BOM or newline", () => {
  assert.deepEqual(canonicalBytes({ k: "€\u{1f600}" }), new TextEncoder().encode('{"k":"€\u{1f600}"}'));
});

/** RFC 8785 as it is written down, by nothing that the code under test uses but JSON.stringify() of leaves. */
function plainly(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(plainly).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${plainly(member)}`).join(",")}}`;
}

Deno.test("canonicalize() gives the form of RFC 8785, however many members an object has, in whatever order", () => {
  const name = fc.oneof(
    fc.constantFrom(
      "",
      "a",
      "b",
      "__proto__",
      "1",
      "10",
      "9",
      '"',
      "\\",
      "\n",
      "é",
      "\u{1f600}",
      "\ufb33",
      "toJSON",
    ),
    fc.string({ unit: "binary", maxLength: 80 }).filter((text) => text.isWellFormed()),
  );
  const document = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc.constantFrom<JsonValue>(null, true, -0, 1e21, 0.1, "", "€\u2028\u0000"),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(name, tie("value"), { maxKeys: 40, size: "medium" }),
    ) as fc.Arbitrary<JsonValue>,
  })).value;
  let many = 0;
  fc.assert(
    fc.property(document, (value) => {
      assert.equal(canonicalize(value), plainly(value));
      if (typeof value === "object" && value !== null && Object.keys(value).length > 16) many++;
    }),
    { numRuns: 1000, seed: 20261129 },
  );
  assert.ok(many > 10, "objects must have many members often enough");
});
