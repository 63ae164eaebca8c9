import assert from "node:assert/strict";
import { utf8 } from "../bytes.ts";
import { MAX_LINE_BYTES, readJsonLines, writeJsonLines } from "./lines.ts";
import { prettyJson } from "./pretty.ts";

const INVALID = { code: "invalid_input" };
const read = (text: string) => [...readJsonLines(utf8(text), "test")];

Deno.test("readJsonLines() skips blank lines but counts them", () => {
  assert.deepEqual(read('\n{"a":1}\r\n \t\n\n2'), [{ line: 2, value: { a: 1 } }, { line: 5, value: 2 }]);
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("\n\n"), []);
});

Deno.test("readJsonLines() names the line that can't be read", () => {
  assert.throws(() => read("1\n\n{]\n"), (error: Error & { code?: string }) => {
    return error.code === "invalid_input" && /\bline 3\b/.test(error.message);
  });
  assert.throws(() => read("1 2\n"), INVALID);
  assert.throws(() => read("{\n}"), INVALID);
});

Deno.test("readJsonLines() accepts a line of 10 MiB and refuses one byte more", () => {
  const line = (length: number) => utf8('"' + "x".repeat(length - 2) + '"\n');
  assert.equal([...readJsonLines(line(MAX_LINE_BYTES), "test")].length, 1);
  assert.throws(() => [...readJsonLines(line(MAX_LINE_BYTES + 1), "test")], INVALID);
});

Deno.test("writeJsonLines() ends each line and gives no bytes for no documents", () => {
  assert.deepEqual(writeJsonLines([]), utf8(""));
  assert.deepEqual(writeJsonLines([{ b: 1, a: "\n" }, null]), utf8('{"a":"\\n","b":1}\nnull\n'));
});

Deno.test("writeJsonLines() loses nothing at its internal borders", () => {
  const values = Array.from({ length: 40 }, (_, i) => ({ i, pad: "é".repeat(60_000) }));
  const back = [...readJsonLines(writeJsonLines(values), "test")].map(({ value }) => value);
  assert.deepEqual(back, values);
});

Deno.test("prettyJson() indents by two and escapes what could end a script", () => {
  assert.deepEqual(
    prettyJson({ b: "</script>&\u2028", a: [1] }),
    utf8('{\n  "b": "\\u003c/script\\u003e\\u0026\\u2028",\n  "a": [\n    1\n  ]\n}\n'),
  );
});
