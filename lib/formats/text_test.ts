import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytewise } from "./bytes.ts";
import { lower, lset, set, trim, trimLower } from "./text.ts";

const WHITE_SPACE =
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009" +
  "\u200a\u2028\u2029\u202f\u205f\u3000";

Deno.test("trim() removes exactly the characters of White_Space, at both ends", () => {
  for (let unit = 0; unit < 0x10000; unit++) {
    const char = String.fromCharCode(unit);
    const expected = WHITE_SPACE.includes(char) ? "x" : `${char}x${char}`;
    assert.equal(trim(`${char}x${char}`), expected, unit.toString(16));
  }
  assert.equal(trim(" a b\u0085 "), "a b");
  assert.equal(trim(WHITE_SPACE), "");
  assert.equal(trim("\ufeff x"), "\ufeff x");
});

Deno.test("lower() maps each code point on its own", () => {
  assert.equal(lower("ABC Ä 😀"), "abc ä 😀");
  assert.equal(lower("\u0130STANBUL"), "istanbul");
  assert.equal(lower("ΣΑΣ"), "σασ");
  assert.equal(lower("\u{10400}"), "\u{10428}");
});

Deno.test("lower() keeps the number of code points, whatever the text", () => {
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const lowered = lower(String.fromCodePoint(point));
    assert.equal([...lowered].length, 1, point.toString(16));
    assert.equal(lower(lowered), lowered, point.toString(16));
  }
});

Deno.test("set() and lset() trim, drop the empty and the repeated, and sort by UTF-8 bytes", () => {
  assert.deepEqual(set([" b", "a ", "", " ", "b", "B"]), ["B", "a", "b"]);
  assert.deepEqual(lset([" b", "A ", "a", "B"]), ["a", "b"]);
  assert.deepEqual(set(["\u{1f600}", "\uffee"]), ["\uffee", "\u{1f600}"]);
  assert.deepEqual(set([]), []);
});

Deno.test("set() and lset() change nothing when they are applied again, and are independent of order", () => {
  const texts = fc.array(
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(" a", "a", "A\u0085", "", " ")),
  );
  fc.assert(fc.property(texts, (items) => {
    for (const make of [set, lset]) {
      const once = make(items);
      assert.deepEqual(make(once), once);
      assert.deepEqual(make([...items].reverse()), once);
      assert.deepEqual([...once].sort(compareBytewise), once);
      assert.ok(once.every((item) => item !== "" && trim(item) === item));
    }
    assert.deepEqual(lset(items), set(items.map(trimLower)));
  }));
});
