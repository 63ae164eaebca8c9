import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { type Line, LineSplitter } from "./lines.ts";

function linesOf(pieces: readonly Uint8Array[], limit: number): string[] {
  const splitter = new LineSplitter(limit);
  const found: Line[] = pieces.flatMap((piece) => [...splitter.push(piece)]);
  const last = splitter.end();
  if (last) found.push(last);
  return found.map((line) =>
    line.kind === "line" ? `${line.number}:${decodeUtf8(line.bytes)}` : `${line.number}!`
  );
}

Deno.test("LineSplitter finds the same lines however the bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(fc.stringMatching(/^[a-z]{0,12}$/)),
    fc.array(fc.nat(40), { maxLength: 20 }),
    (texts, cuts) => {
      const whole = utf8(texts.map((text) => text + "\n").join(""));
      const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
      const pieces = places.slice(1).map((end, i) => whole.slice(places[i]!, end));
      assert.deepEqual(concat(pieces), whole);
      const expected = texts.map((text, i) => text.length > 8 ? `${i + 1}!` : `${i + 1}:${text}`);
      assert.deepEqual(linesOf(pieces, 8), expected);
    },
  ));
});

Deno.test("LineSplitter takes a line of exactly the limit and refuses one byte more", () => {
  assert.deepEqual(linesOf([utf8("12345678\n123456789\nx\n")], 8), ["1:12345678", "2!", "3:x"]);
});

Deno.test("LineSplitter takes a last line without newline", () => {
  assert.deepEqual(linesOf([utf8("a\nb")], 8), ["1:a", "2:b"]);
  assert.deepEqual(linesOf([utf8("a\n123456789")], 8), ["1:a", "2!"]);
  assert.deepEqual(linesOf([utf8("a\n")], 8), ["1:a"]);
});
