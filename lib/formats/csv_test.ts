import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readCsv } from "./csv.ts";

const rows = (text: string) => readCsv(text, "x").map(({ cells }) => ({ ...cells }));

Deno.test("readCsv() reads cells in quotes, any line break, and an index without a name", () => {
  assert.deepEqual(rows('a,b\r\n1,"x, ""y""\nz"\r\n\r\n2,\n'), [{ a: "1", b: 'x, "y"\nz' }, {
    a: "2",
    b: "",
  }]);
  assert.deepEqual(rows(",a\n0,x"), [{ a: "x" }]);
  assert.deepEqual(rows("\uFEFFa\nx"), [{ a: "x" }]);
  assert.deepEqual(readCsv('a\n"1\n2"\n3', "x").map(({ line }) => line), [2, 4]);
  assert.deepEqual(Object.keys(rows("__proto__,constructor\n1,2")[0]!), ["__proto__", "constructor"]);
});

Deno.test("readCsv() refuses what readers take differently", () => {
  for (const text of ["", 'a\n"x', 'a\n"x"y', 'a\nx"y', "a,b\n1", "a,,b\n1,2,3", "a,a\n1,2"]) {
    assert.throws(() => rows(text), { code: "invalid_input" }, text);
  }
  assert.deepEqual(rows("a,a\n1,1"), [{ a: "1" }], "an index that is a column too");
});

Deno.test("readCsv() gives back what was written, whatever is in the cells", () => {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "é", " ") });
  fc.assert(fc.property(fc.array(fc.tuple(cell, cell)), (given) => {
    const text = ["a,b", ...given.map((row) => row.map(quoted).join(","))].join("\r\n");
    assert.deepEqual(rows(text), given.map(([a, b]) => ({ a, b })));
  }));
});
