import assert from "node:assert/strict";
import fc from "fast-check";
import type { ZipArchive } from "./zip/mod.ts";
import { countLines } from "./count_lines.ts";

/** An archive whose entries are all of these chunks. */
function archiveOf(chunks: readonly Uint8Array[]): ZipArchive {
  const unused = () => assert.fail("only chunks are read");
  return {
    names: [],
    remarks: [],
    has: unused,
    sizeOf: unused,
    modeOf: unused,
    isCanonical: unused,
    read: unused,
    async *chunks() {
      yield* chunks;
    },
  };
}

async function counted(chunks: readonly Uint8Array[], name = "intents.jsonl"): Promise<number> {
  const { archive, lines } = countLines(archiveOf(chunks));
  const passed = [];
  for await (const chunk of archive.chunks(name)) passed.push(chunk);
  assert.deepEqual(passed, chunks, "what is read passes unchanged");
  return lines(name);
}

/** Lines that hold a byte beyond the blank and the control characters of ASCII, counted byte by byte. */
function byHand(chunks: readonly Uint8Array[]): number {
  let [lines, filled] = [0, false];
  for (const byte of chunks.flatMap((chunk) => [...chunk])) {
    if (byte === 0x0a) {
      if (filled) lines++;
      filled = false;
    } else if (byte > 0x20) filled = true;
  }
  return filled ? lines + 1 : lines;
}

/** Newlines, blanks, text, and characters of UTF-8 or parts of them. */
const byte = fc.oneof(
  fc.constantFrom(0x0a, 0x0d, 0x20, 0x09, 0x00, 0x7b, 0x7f, 0xef, 0xbb, 0xbf, 0xe2, 0x80, 0xa8, 0xc2, 0x85),
  fc.integer({ min: 0, max: 255 }),
);

/** Lines longer than what is searched in one step, at any offset of a buffer, and bytes that look like a newline's neighbours. */
const long = fc.tuple(fc.constantFrom(0x09, 0x0b, 0x7b, 0x8a, 0xff), fc.nat({ max: 40 })).map((
  [byte, length],
) => new Array<number>(length).fill(byte));

Deno.test("countLines() counts by bytes, wherever chunks are cut and whatever they hold", async () => {
  const parts = fc.array(fc.oneof(fc.array(byte, { maxLength: 6 }), long), { maxLength: 6 });
  const chunk = fc.tuple(parts, fc.nat({ max: 5 })).map(([parts, offset]) =>
    Uint8Array.from([...new Array(offset).fill(0x0a), ...parts.flat()]).subarray(offset)
  );
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), async (chunks) => {
      assert.equal(await counted(chunks), byHand(chunks));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("countLines() has no count of an entry that was not read to its end, or that has no lines", async () => {
  const chunks = [Uint8Array.from([0x7b, 0x0a]), Uint8Array.from([0x7b, 0x0a])];
  const { archive, lines } = countLines(archiveOf(chunks));
  for await (const _ of archive.chunks("intents.jsonl")) break;
  assert.equal(lines("intents.jsonl"), 0);
  assert.equal(await counted(chunks, "manifest.json"), 0);
  assert.equal(await counted(chunks), 2);
});
