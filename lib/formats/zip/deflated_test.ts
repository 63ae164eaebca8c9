import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../bytes.ts";
import { zipByZipJs } from "./_zip_js.ts";
import { crc32 } from "./crc32.ts";
import { deflate, Deflater } from "./deflated.ts";
import { LARGE } from "./form.ts";
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

Deno.test("deflate() gives the bytes of the codec in JavaScript, however the content is cut", async () => {
  for (const [i, content] of contents.entries()) {
    const deflated = await deflate(cut(content, 1 + i * 997));
    assert.equal(deflated.size, content.length);
    const archive = await writeZip([{ name: "a", content: deflated }]);
    assert.deepEqual(archive, await zipByZipJs([{ name: "a", content }]));
    assert.deepEqual(await writeZip([{ name: "a", content }]), archive);
    assert.ok(openZip(archive).isCanonical("a"));
    assert.deepEqual(await openZip(archive).read("a"), content);
  }
});

Deno.test("deflate() takes the level from the size, whether it is known beforehand or not", async () => {
  const sizes = [];
  for (const size of [LARGE - 1, LARGE, LARGE + 1]) {
    const content = Uint8Array.from({ length: size }, (_, i) => (i % 977) * 31 % 251 ^ (i >> 11));
    const whole = await deflate(content);
    assert.deepEqual(await deflate(cut(content, 300_007)), { ...whole });
    assert.deepEqual(await openZip(await writeZip([{ name: "a", content: whole }])).read("a"), content);
    sizes.push(whole.packed.reduce((sum, { length }) => sum + length, 0));
  }
  const [below, at, above] = sizes as [number, number, number];
  assert.ok(Math.abs(at - below) < 100, `${sizes}`);
  assert.ok(above - at > 1_000, `${sizes}`);
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
    const deflater = new Deflater(crc32);
    for await (const piece of cut(content, 1 + i * 997)) {
      const lent = piece.slice();
      deflater.push(lent);
      lent.fill(0);
    }
    deflater.end();
    assert.deepEqual(deflater.result(), await deflate(cut(content, 64 * 1024)));
  }
});

Deno.test("Deflaters that take turns don't get in each other's way", async () => {
  const deflaters = contents.map(() => new Deflater(crc32));
  const longest = Math.max(...contents.map((content) => content.length));
  for (let at = 0; at < longest; at += 30_011) {
    for (const [i, content] of contents.entries()) deflaters[i]!.push(content.subarray(at, at + 30_011));
  }
  for (const [i, content] of contents.entries()) {
    deflaters[i]!.end();
    assert.deepEqual(deflaters[i]!.result(), await deflate([content]));
  }
});

Deno.test("content that can't be compressed comes in pieces of a bounded size, and reads as it was", async () => {
  const content = new Uint8Array(5_000_000);
  for (let at = 0; at < content.length; at += 65_536) {
    crypto.getRandomValues(content.subarray(at, at + 65_536));
  }
  const deflated = await deflate([content]);
  assert.ok(deflated.packed.every((piece) => piece.length <= 256 * 1024 && piece.byteOffset === 0));
  assert.deepEqual(await openZip(await writeZip([{ name: "a", content: deflated }])).read("a"), content);
});

Deno.test("a Deflater that is abandoned or not at its end has no result, and one at its end takes no more", () => {
  const deflater = new Deflater(crc32);
  deflater.push(utf8("x"));
  assert.throws(() => deflater.result(), Error);
  deflater.abandon();
  deflater.abandon();
  assert.throws(() => deflater.result(), Error);
  assert.throws(() => deflater.push(utf8("x")), Error);
  const whole = new Deflater(crc32);
  whole.end();
  whole.abandon();
  assert.throws(() => whole.push(utf8("x")), Error);
  assert.equal(whole.result().size, 0);
});

Deno.test("hundreds of Deflaters work side by side, whether or not others were abandoned", async () => {
  const content = contents.find((content) => content.length > 50_000)!;
  const expected = await deflate([content]);
  const deflaters = Array.from({ length: 300 }, () => new Deflater(crc32));
  for (const deflater of deflaters) deflater.push(content);
  for (const [i, deflater] of deflaters.entries()) {
    if (i % 2 === 0) deflater.abandon();
    else {
      deflater.end();
      assert.deepEqual(deflater.result(), expected);
    }
  }
});
