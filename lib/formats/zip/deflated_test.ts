import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../bytes.ts";
import { deflate, Deflater } from "./deflated.ts";
import { openZip } from "./mod.ts";
import { writeZip } from "./write.ts";

async function* cut(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) {
    yield await Promise.resolve(content.subarray(at, at + size));
  }
}

/** Texts like those of runs, noise, and what repeats itself near and far. */
const contents = fc.sample(
  fc.oneof(
    fc.array(fc.record({ id: fc.nat(), name: fc.constantFrom("a", "tool"), x: fc.string() }), {
      maxLength: 400,
    })
      .map((records) => utf8(records.map((record) => JSON.stringify(record)).join("\n"))),
    fc.uint8Array({ maxLength: 100_000, size: "max" }),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 400_000 })).map((
      [part, length],
    ) => Uint8Array.from({ length }, (_, i) => i % 7001 === 0 ? i & 0xff : part[i % part.length]!)),
  ),
  { numRuns: 60, seed: 7 },
);

Deno.test("deflate() gives the bytes of the other codec, however the content is cut", async () => {
  // Before the codec for large contents is loaded, which then stands in for the other.
  const small = [];
  for (const content of contents) small.push(await writeZip([{ name: "a", content }]));
  for (const [i, content] of contents.entries()) {
    const deflated = await deflate(cut(content, 1 + i * 997));
    assert.equal(deflated.size, content.length);
    const archive = await writeZip([{ name: "a", content: deflated }]);
    assert.deepEqual(archive, small[i]);
    assert.ok(openZip(archive).isCanonical("a"));
    assert.deepEqual(await openZip(archive).read("a"), content);
  }
});

Deno.test("deflate() throws what making a piece throws", async () => {
  const fault = new RangeError("no more");
  async function* pieces() {
    yield await Promise.resolve(utf8("x"));
    throw fault;
  }
  await assert.rejects(deflate(pieces()), fault);
});

Deno.test("content that is compressed can't be stored", async () => {
  const content = await deflate(cut(utf8("x"), 1));
  await assert.rejects(writeZip([{ name: "a", content }], "stored"), Error);
});

Deno.test("a Deflater gives the bytes of deflate(), and keeps no piece that it was given", async () => {
  for (const [i, content] of contents.entries()) {
    const deflater = new Deflater();
    for await (const piece of cut(content, 1 + i * 997)) {
      const lent = piece.slice();
      await deflater.push(lent);
      lent.fill(0);
    }
    deflater.end();
    assert.deepEqual(await deflater.result(), await deflate(cut(content, 64 * 1024)));
  }
});

Deno.test("a Deflater that is abandoned has no result, and rejects nothing unheard", async () => {
  const deflater = new Deflater();
  await deflater.push(utf8("x"));
  deflater.abandon(new RangeError("damaged"));
  await assert.rejects(deflater.result(), RangeError);
});
