import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../formats/bytes.ts";
import { LineSplitter } from "./line_splitter.ts";

function linesOf(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.add(chunk);
  splitter.end();
  return lines;
}

Deno.test("LineSplitter gives the same lines wherever chunks end, also within a character", () => {
  const text = fc.array(fc.string({ unit: "grapheme", maxLength: 20 })).map((lines) =>
    lines.map((line) => line.replaceAll("\n", "").replaceAll("\ufeff", "")).join("\n")
  );
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 7 }), (text, size) => {
    const bytes = utf8(text);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    assert.deepEqual(linesOf(chunks), linesOf([bytes]));
    assert.equal(linesOf(chunks).join("\n"), text.replace(/\n$/, ""));
  }));
});

Deno.test("LineSplitter keeps the end of a line that is too long", () => {
  const [line] = linesOf([utf8("a".repeat(5000)), utf8("b".repeat(5000))]);
  assert.deepEqual([line!.length, line!.slice(-5000)], [8192, "b".repeat(5000)]);
});
