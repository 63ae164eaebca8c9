/** Canonical JSON as a whole: stable, independent of order, and the same as Python writes it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalize, type JsonValue, readJson } from "../../lib/formats/json/mod.ts";
import { digestOf } from "../../lib/signing/mod.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";
import { python } from "../support/python.ts";

/** JSON values with keys that are often hostile. */
const values = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom("__proto__", "constructor", "toString", "10", "9", "", "\ufb33", "\u{1f600}", "\n"),
          fc.string(),
        ),
        tie("value"),
      ),
      { maxLength: 5 },
    ).map((members) => Object.fromEntries(members)),
  ),
})).value;

Deno.test("canonicalize(readJson(canonicalize(x))) is canonicalize(x)", () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = canonicalize(value);
      assert.equal(canonicalize(readJson(text, { what: "text", duplicates: "refuse" })), text);
      assert.equal(canonicalize(readJson(JSON.stringify(value), { what: "text" })), text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("canonicalize() does not depend on the order of members or on the spelling of the input", () => {
  const turned = (value: JsonValue): JsonValue =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, turned(member)]))
      : value;
  const escaped = (text: string) =>
    text.replace(/[^\n\x20-\x7e]/g, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"));
  fc.assert(
    fc.property(values, (value) => {
      const text = canonicalize(value);
      assert.equal(canonicalize(turned(value)), text);
      assert.equal(canonicalize(readJson(escaped(JSON.stringify(value, null, " ")), { what: "text" })), text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("canonicalize() is one to one", () => {
  fc.assert(fc.property(values, values, (left, right) => {
    const same = canonicalize(left) === canonicalize(right);
    // What differs only by -0 is the same number.
    const plain = (value: JsonValue) => JSON.stringify(sorted(value));
    assert.equal(same, plain(left) === plain(right));
  }));
});

function sorted(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return {
    members: Object.entries(value).map(([key, member]) => [key, sorted(member)]).sort(([a], [b]) =>
      a! < b! ? -1 : 1
    ),
  };
}

testUnless(
  withoutProgram("python3"),
  "digestOf() and canonicalize() agree with Python's json and hashlib",
  async () => {
    // Python sorts by code point and prints floats its own way, so keys stay in the plane and numbers whole.
    const key = fc.string({
      unit: fc.integer({ min: 0, max: 0xd7ff }).map((unit) => String.fromCharCode(unit)),
    });
    const plain = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.string({ unit: "grapheme" }),
        fc.array(tie("value"), { maxLength: 5 }),
        fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
      ),
    })).value;
    const batch = fc.sample(plain, 400).map((value) => value === 0 ? 0 : value);
    const texts = batch.map((value) => JSON.stringify(value));
    const script = [
      "import sys, json, hashlib",
      "dump = lambda v: json.dumps(v, sort_keys=True, separators=(',', ':'), ensure_ascii=False)",
      "out = []",
      "for text in json.load(sys.stdin):",
      "    line = dump(json.loads(text))",
      "    out.append([line, hashlib.sha256(line.encode()).hexdigest()])",
      "print(json.dumps(out))",
    ].join("\n");
    const answers = await python(script, texts) as [string, string][];
    assert.equal(answers.length, batch.length);
    for (const [i, [line, digest]] of answers.entries()) {
      assert.equal(canonicalize(batch[i]!), line);
      assert.equal(await digestOf(batch[i]!), digest);
    }
  },
);
