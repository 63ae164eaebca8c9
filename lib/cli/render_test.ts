import assert from "node:assert/strict";
import { bad, bold, dim, good, line, prose, warn } from "../commands/text.ts";
import { renderLines } from "./render.ts";

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

Deno.test("renderLines() breaks prose between words, below where it began, and nothing else", () => {
  const words = "one two three four five six seven eight nine ten";
  assert.equal(
    renderLines([line("  name  ", prose(words))], false, 34),
    "  name  one two three four five\n        six seven eight nine ten\n",
  );
  assert.equal(renderLines([line("  name  ", words)], false, 20), `  name  ${words}\n`);
  assert.equal(renderLines([line("  name  ", prose(words))], false), `  name  ${words}\n`);
  const long = "x".repeat(60);
  assert.equal(renderLines([line(prose(`a ${long} b`))], false, 40), `a\n${long}\nb\n`);
});

Deno.test("renderLines() colours each part of broken prose, and keeps prose legible beside a wide name", () => {
  assert.equal(
    renderLines([line(prose(dim("aaaa bbbb")))], true, 5),
    "\x1b[2maaaa\x1b[0m\n\x1b[2mbbbb\x1b[0m\n",
  );
  const [first, second] = renderLines([line("x".repeat(70), prose("one two three four five"))], false, 80)
    .split("\n");
  assert.equal(first, `${"x".repeat(70)}one two`);
  assert.equal(second, "    three four five");
});
