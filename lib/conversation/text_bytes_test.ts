import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { asUtf8, withoutZeros } from "./text_bytes.ts";

const inUtf16 = (text: string, isLittle: boolean) => {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  [0xfeff, ...text.split("").map((unit) => unit.charCodeAt(0))].forEach((unit, i) =>
    view.setUint16(2 * i, unit, isLittle)
  );
  return bytes;
};

Deno.test("asUtf8() reads UTF-16 of either order by its mark, and takes that of UTF-8 off", () => {
  const text = '{"a":"ä 😀"}';
  for (const bytes of [inUtf16(text, true), inUtf16(text, false), utf8(`\uFEFF${text}`), utf8(text)]) {
    assert.deepEqual(asUtf8(bytes, "x"), utf8(text));
  }
});

Deno.test("asUtf8() refuses what is marked as UTF-16 and has half a character", () => {
  for (const bytes of [inUtf16("a\ud83d", true), inUtf16("ab", true).subarray(0, 5)]) {
    assert.throws(() => asUtf8(bytes, "x"), { code: "invalid_input" });
  }
});

Deno.test("withoutZeros() takes off zeros at the end alone", () => {
  assert.deepEqual(withoutZeros(Uint8Array.of(0, 1, 0, 0)), Uint8Array.of(0, 1));
  assert.deepEqual(withoutZeros(Uint8Array.of(0, 0)), new Uint8Array());
});
