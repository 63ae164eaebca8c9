import assert from "node:assert/strict";
import { bad, bold, dim, good, line, warn } from "../commands/text.ts";
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
