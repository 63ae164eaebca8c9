import assert from "node:assert/strict";
import { LineWriter } from "./line_writer.ts";

/** Enough to grow the buffer several times, with letters of one to four bytes. */
const LINES = Array.from({ length: 20_000 }, (_, i) => `{"line":${i},"text":"aé€😀"}`);

function written(): string {
  const writer = new LineWriter();
  for (const line of LINES) writer.add(line);
  return new TextDecoder().decode(writer.bytes());
}

Deno.test("LineWriter gives all lines, each with its end", () => {
  assert.equal(written(), LINES.map((line) => `${line}\n`).join(""));
  assert.equal(new LineWriter().bytes().length, 0);
});

Deno.test("LineWriter does the same where buffers can't be handed over, as in Node 20", () => {
  const { transfer } = ArrayBuffer.prototype;
  Reflect.deleteProperty(ArrayBuffer.prototype, "transfer");
  try {
    assert.equal(written(), LINES.map((line) => `${line}\n`).join(""));
  } finally {
    Object.defineProperty(ArrayBuffer.prototype, "transfer", {
      value: transfer,
      writable: true,
      configurable: true,
    });
  }
});
