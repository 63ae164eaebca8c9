import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, utf8 } from "../bytes.ts";
import { canonicalize } from "./canonical.ts";
import { type JsonLine, JsonLineSplitter } from "./lines.ts";
import { RewrittenLines } from "./rewritten_lines.ts";

/** The documents of bytes in pieces of a size, and the message of the error that ended them. */
function readBy(lines: JsonLineSplitter, bytes: Uint8Array, size: number, seen: (read: JsonLine) => void) {
  const documents: JsonLine[] = [];
  const add = (read: JsonLine) => {
    documents.push(read);
    seen(read);
  };
  try {
    for (let at = 0; at < bytes.length; at += size) {
      for (const read of lines.push(bytes.slice(at, at + size))) add(read);
    }
    for (const read of lines.end()) add(read);
  } catch (error) {
    return { documents, error: (error as Error).message };
  }
  return { documents, error: undefined };
}

/** Lines come as they would otherwise, each with its canonical form if that is known; the number of known forms. */
function checkLines(bytes: Uint8Array, size: number): number {
  const lines = new RewrittenLines("log");
  let known = 0;
  const read = readBy(lines, bytes, size, ({ value }) => {
    const form = lines.formOf(value);
    if (form === undefined) return;
    known++;
    assert.deepEqual(form, utf8(canonicalize(value)));
  });
  const strictly = { duplicates: "refuse", numbers: "text" } as const;
  assert.deepEqual(read, readBy(new JsonLineSplitter("log", strictly), bytes, size, () => {}));
  return known;
}

const line = fc.constantFrom(
  ...['{"b":1,"a":"x"}', '{"b":"é😀","a":[1,{}]}', "[1.0]", '{"n":12345678901234567890}', "", "  ", "7\r"],
  ...['{"a":1,"a":2}', "{", "nope", String.raw`{"\u0061":"\ud800"}`, String.raw`["\ud83d\ude00\n"]`],
);

Deno.test("lines with their canonical forms are those of every splitter, in pieces of any size", () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 9 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 60 }),
      (given, isEnded, size) => {
        checkLines(utf8(given.join("\n") + (isEnded ? "\n" : "")), size);
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("the canonical form of simple lines is known, beside others too", () => {
  const simple = '{"b":"é😀","a":{"d":1,"c":[]}}';
  assert.equal(checkLines(utf8(`${simple}\n[1.0]\n\n{"b":1,"a":2}\n7\n`), 1000), 3);
  const lines = new RewrittenLines("log");
  const [first, second] = [...lines.push(utf8(`${simple}\n[1.0]\n`))];
  assert.equal(lines.formOf(first!.value), undefined, "of a line before the last");
  assert.equal(lines.formOf(second!.value), undefined);
});

Deno.test("bytes that are no UTF-8 are replaced in lines as elsewhere", () => {
  const bytes = concat([utf8('{"a":"'), Uint8Array.of(0xff, 0xed, 0xa0, 0x80), utf8('"}\n{"b":"\ufffd"}\n')]);
  assert.equal(checkLines(bytes, 1000), 0);
});

Deno.test("lines that are longer than what is decoded at once come too", () => {
  const long = JSON.stringify({ text: "x".repeat(300_000) });
  assert.equal(checkLines(utf8(`{"a":1}\n${long}\n{"a":2}\n`), 1 << 20), 2);
});
