import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../bytes.ts";
import { MAX_LINE_BYTES, readJsonLines, readJsonLinesOf, writeJsonLines } from "./lines.ts";
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
  // Once: "line 3" of the file and "line 1" of the document beside it would be two places.
  assert.throws(() => read("1\n\n{]\n"), (error: Error) => error.message.match(/\bline \d/g)?.length === 1);
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

/** Every character that `trim()` takes away, one that it does not, and parts of them. */
const linePieces = fc.constantFrom(
  "\n",
  "\n\n\n",
  "\r\n",
  " ",
  "\t",
  "\v",
  "\f",
  "\u00a0",
  "\u1680",
  "\u2003",
  "\u200a",
  "\u2028",
  "\u2029",
  "\u202f",
  "\u205f",
  "\u3000",
  "\ufeff",
  "1",
  "[2]",
  '{"a":"\\u2028"}',
  '"\u3000"',
);

Deno.test("readJsonLinesOf() reads what readJsonLines() reads, wherever the chunks are cut, and both skip what is blank", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(linePieces, { maxLength: 30 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      async (
        pieces,
        cuts,
      ) => {
        const bytes = utf8(pieces.join("\n"));
        async function* chunks() {
          for (let at = 0; at < bytes.length;) {
            const end = at + cuts.next().value!;
            // Readers must not keep a chunk beyond the next one.
            const chunk = bytes.slice(at, end);
            yield chunk;
            chunk.fill(0);
            at = end;
          }
        }
        const outcome = async (run: () => Promise<unknown> | unknown) => {
          try {
            return await run();
          } catch (error) {
            return (error as { code: string }).code;
          }
        };
        const expected = await outcome(() =>
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n").flatMap((text, i) =>
            text.trim() === ""
              ? []
              : [{ line: i + 1, value: [...readJsonLines(utf8(text), "test")][0]!.value }]
          )
        );
        assert.deepEqual(await outcome(() => [...readJsonLines(bytes, "test")]), expected);
        assert.deepEqual(await outcome(() => Array.fromAsync(readJsonLinesOf(chunks(), "test"))), expected);
        async function* atOnce() {
          yield bytes;
        }
        assert.deepEqual(await outcome(() => Array.fromAsync(readJsonLinesOf(atOnce(), "test"))), expected);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("readJson() refuses a document whose values would take more memory than they may, before it is parsed", () => {
  const heavy = `[${Array(10_000).fill("{}").join(",")}]`;
  assert.throws(() => [...readJsonLines(utf8(heavy), "test", { weight: 500_000 })], {
    code: "invalid_input",
    detail: "document_too_large",
  });
  assert.equal([...readJsonLines(utf8(heavy), "test", { weight: 3_000_000 })].length, 1);
  assert.equal([...readJsonLines(utf8(`"${"x".repeat(30_000)}"`), "test", { weight: 500_000 })].length, 1);
});
