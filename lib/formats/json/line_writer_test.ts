import assert from "node:assert/strict";
import { concat, utf8 } from "../bytes.ts";
import { canonicalize } from "./canonical.ts";
import { LineWriter } from "./line_writer.ts";

Deno.test("LineWriter gives all lines in pieces, each with its end", () => {
  // Enough for several pieces, with letters of one to four bytes.
  const lines = Array.from({ length: 20_000 }, (_, i) => `{"line":${i},"text":"aé€😀"}`);
  const writer = new LineWriter();
  const pieces: Uint8Array[] = [];
  for (const line of lines) {
    writer.add(line);
    if (writer.isFull) pieces.push(writer.take().slice());
  }
  if (!writer.isEmpty) pieces.push(writer.take().slice());
  assert.ok(pieces.length > 1);
  assert.ok(pieces.every((piece) => piece.length < 1024 * 1024));
  assert.equal(new TextDecoder().decode(concat(pieces)), lines.map((line) => `${line}\n`).join(""));
  assert.equal(writer.isEmpty, true);
});

Deno.test("LineWriter knows its longest line, and whether one may be deep", () => {
  const writer = new LineWriter();
  writer.add("[".repeat(500) + "]".repeat(500));
  writer.add("x".repeat(2000));
  assert.deepEqual([writer.longest, writer.mayBeDeep], [2000, false]);
  writer.add("[".repeat(1001));
  writer.add("");
  assert.deepEqual([writer.longest, writer.mayBeDeep], [2000, true]);
});

Deno.test("LineWriter writes texts in quotes, bytes and parts of bytes as a line has them", () => {
  const texts = ["", "plain", 'a "b" \\', "line\nend\u007f", "é😀", "x".repeat(5000), "é".repeat(400_000)];
  for (const text of texts) {
    const writer = new LineWriter();
    const bytes = utf8(text);
    writer.quoted(text);
    writer.bytes(bytes);
    writer.part(bytes, 1, bytes.length);
    writer.text(text);
    writer.end();
    const expected = concat([utf8(canonicalize(text)), bytes, bytes.subarray(1), bytes, utf8("\n")]);
    assert.deepEqual(writer.take(), expected);
    assert.equal(writer.longest, expected.length - 1);
  }
});
