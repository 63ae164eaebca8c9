import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeControls, escapeControlsInJson } from "./controls.ts";

/** Characters that no one can see, or that look like a space and are none. */
const UNSEEN = [
  ..."\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e",
  ..."\u2060\u2061\u2065\u2066\u206f\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff9\uffff",
  ..."\u00a0\u1680\u2003\u200a\u202f\u205f\u3000\u0085\u007f\u009b\ue000",
  ...["\u{e0001}", "\u{e0041}", "\u{e0100}", "\u{1d159}", "\u{1d173}", "\u{13430}", "\ud800", "\udfff"],
];

Deno.test("escapeControls() leaves nothing that cannot be seen, and other text as it is", () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}\p{NChar}\u2800\u{1d159}]|(?! )\p{Zs}/u;
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const safe = escapeControls(text);
    assert(!unseen.test(safe));
    if (!unseen.test(text)) assert.equal(safe, text);
  }));
  assert.equal(escapeControls("é 漢字 😀 <&>'\\"), "é 漢字 😀 <&>'\\");
  for (const char of UNSEEN) {
    const safe = escapeControls(`rm${char} x`);
    assert(/^rm\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{5}\}) x$/.test(safe), JSON.stringify(char));
  }
});

Deno.test("escapeControls() gives each character its own code", () => {
  assert.equal(escapeControls("\u{e0041}\u2060\x1b\u00ad"), "\\u{e0041}\\u2060\\x1b\\xad");
  assert.equal(new Set(UNSEEN.map(escapeControls)).size, new Set(UNSEEN).size);
});

Deno.test("escapeControlsInJson() leaves nothing that cannot be seen, and the value as it is", () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
    const json = JSON.stringify(value);
    const safe = escapeControlsInJson(json);
    assert.equal(safe, escapeControls(safe));
    assert.deepEqual(JSON.parse(safe), JSON.parse(json));
  }));
  for (const char of UNSEEN) assert.match(escapeControlsInJson(JSON.stringify(char)), /^[\x20-\x7e]+$/);
});
