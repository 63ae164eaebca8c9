import assert from "node:assert/strict";
import fc from "fast-check";
import { holdingDigits, packTexts, unpackTexts } from "./packed_texts.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.toHex()),
  fc.constantFrom("", "0", "ab", "AB", "\ud800", "trace_1.json", "é", "f".repeat(700)),
);

Deno.test("packed texts are unpacked as they were", () => {
  fc.assert(fc.property(fc.array(text, { maxLength: 6 }), fc.string(), (texts, before) => {
    assert.deepEqual(unpackTexts(before + packTexts(texts), before.length), texts);
  }));
});

Deno.test("digits are found in packed hex as in its text", () => {
  const hex = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => bytes.toHex());
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), maxLength: 4 });
  fc.assert(fc.property(hex, digits, fc.nat(20), fc.nat(6), (text, other, from, length) => {
    for (const wanted of [other, text.slice(from, from + length)]) {
      assert.equal(holdingDigits(wanted)(`x${packTexts([text, "ff"])}`, 1), text.includes(wanted));
    }
  }));
});

Deno.test("a digest takes a character a byte, and two more", () => {
  assert.equal(packTexts(["ab".repeat(32)]).length, 34);
  assert.throws(() => packTexts(["x".repeat(40_000)]), RangeError);
});
