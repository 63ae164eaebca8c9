import assert from "node:assert/strict";
import fc from "fast-check";
import { bad, bold, dim, good, line, warn } from "../commands/text.ts";
import { escapeControls, renderLines } from "./render.ts";

Deno.test("renderLines() ends every line and joins its pieces", () => {
  assert.equal(renderLines([], false), "");
  assert.equal(renderLines([line("a", "b"), line(), line("c")], false), "ab\n\nc\n");
});

Deno.test("renderLines() colours only where it is wanted", () => {
  const lines = [line(good("g"), bad("b"), warn("w"), dim("d"), bold("B"), "plain", good(""))];
  assert.equal(renderLines(lines, false), "gbwdBplain\n");
  assert.equal(
    renderLines(lines, true),
    "\x1b[32mg\x1b[0m\x1b[31mb\x1b[0m\x1b[33mw\x1b[0m\x1b[2md\x1b[0m\x1b[1mB\x1b[0mplain\n",
  );
});

Deno.test("renderLines() never lets data move the cursor, start a line or change colours", () => {
  const forged = "x\x1b[2K\rverify ok\n\x9b31m\u202egnp.exe\u2028\x00\x7f\ufeff";
  assert.equal(
    renderLines([line(bad(forged))], false),
    "x\\x1b[2K\\x0dverify ok\\x0a\\x9b31m\\u202egnp.exe\\u2028\\x00\\x7f\\ufeff\n",
  );
});

Deno.test("escapeControls() leaves no control, separator or direction character, and other text as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const safe = escapeControls(text);
    assert(!/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(safe));
    if (!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)) assert.equal(safe, text);
  }));
  assert.equal(escapeControls("é 漢字 😀 <&>'\\"), "é 漢字 😀 <&>'\\");
});
