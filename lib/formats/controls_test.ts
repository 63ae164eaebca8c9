import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeControls } from "./controls.ts";

Deno.test("escapeControls() leaves no control, separator or direction character, and other text as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const safe = escapeControls(text);
    assert(!/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(safe));
    if (!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)) assert.equal(safe, text);
  }));
  assert.equal(escapeControls("é 漢字 😀 <&>'\\"), "é 漢字 😀 <&>'\\");
});
