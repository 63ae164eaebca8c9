import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { concat, equalBytes, hex, utf8 } from "../bytes.ts";
import { deflate, makeDeflater, storedPieces } from "./deflate.ts";
import { inflateSmall } from "./inflate_small.ts";

/** Contents of every kind: noise, few symbols, texts with long repeats, one long run. */
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 4000 }),
  fc.array(fc.integer({ min: 97, max: 100 }), { maxLength: 6000 }).map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(fc.string({ maxLength: 400 }), fc.integer({ min: 1, max: 60 })).map(([text, times]) =>
    utf8(text.repeat(times))
  ),
  fc.nat(70_000).map((length) => new Uint8Array(length)),
);

for (
  const [name, pack] of Object.entries({
    deflate,
    storedPieces: (content: Uint8Array) => concat(storedPieces(content)),
  })
) {
  Deno.test(`${name}() unfolds to its content, by zlib and by our own reader`, () => {
    fc.assert(
      fc.property(contents, (content) => {
        const packed = pack(content);
        assert.deepEqual(Uint8Array.from(inflateRawSync(packed)), Uint8Array.from(content));
        assert.deepEqual(inflateSmall(packed, content.length), Uint8Array.from(content));
      }),
      { numRuns: 500 },
    );
  });

  Deno.test(`${name}() holds at the edges of blocks and windows`, () => {
    for (const length of [0, 1, 3, 4, 258, 259, 32767, 32768, 32769, 65534, 65535, 65536, 131070, 131071]) {
      const content = Uint8Array.from({ length }, (_, i) => (i * i >> 5) & 0xff);
      assert.deepEqual(Uint8Array.from(inflateRawSync(pack(content))), content, `${length} bytes`);
    }
  });
}

Deno.test("deflate() compresses about as well as zlib does", () => {
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `{"id":"intent_${i}","digest":"${(i * 7919) ** 2}"}\n`,
  );
  const content = utf8(lines.join(""));
  assert.ok(deflate(content).length < content.length / 4);
  assert.ok(deflate(new Uint8Array(1 << 20)).length < 1100);
});

Deno.test("deflate() reaches back as far as the format allows, and no farther", () => {
  const noise = Uint8Array.from({ length: 32768 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 13);
  const twice = concat([noise, noise]);
  const packed = deflate(twice);
  assert.deepEqual(Uint8Array.from(inflateRawSync(packed)), twice);
});

Deno.test("deflate() handles codes that are as long as the format allows", () => {
  // Frequencies of Fibonacci's sequence give the deepest tree there is.
  const parts: number[] = [];
  let [rarer, rare] = [1, 1];
  for (let symbol = 0; symbol < 22; symbol++) {
    for (let i = 0; i < rarer; i++) parts.push(symbol * 11);
    [rarer, rare] = [rare, rarer + rare];
  }
  const content = Uint8Array.from(parts, (_, i) => parts[i * 7919 % parts.length]!);
  assert.deepEqual(Uint8Array.from(inflateRawSync(deflate(content))), content);
});

Deno.test("deflate() gives these bytes, for ever: ids of packs depend on them", async () => {
  const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
    hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))).slice(0, 16);
  const text = utf8(
    Array.from({ length: 500 }, (_, i) => `{"intent_id":"i${i}","n":${i * 31 % 97}}\n`).join(""),
  );
  assert.equal(hex(deflate(utf8("abcabcabcabcabc"))), "4b4c4a464600");
  assert.equal(await digest(deflate(text)), "c6bd5290eff60312");
});

Deno.test("makeDeflater() gives the same bytes however the content is cut", () => {
  const content = Uint8Array.from(
    { length: 700_000 },
    (_, i) => (i >> 3) * 31 % 251 ^ (i % 977 === 0 ? i : 0),
  );
  const whole = deflate(content);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 8 }), (cuts) => {
      const deflater = makeDeflater(content.length);
      let at = 0;
      for (const cut of cuts) {
        deflater.push(content.subarray(at, at + cut));
        at += cut;
      }
      deflater.push(content.subarray(at));
      assert.ok(equalBytes(deflater.finish(), whole));
    }),
    { numRuns: 30 },
  );
  assert.ok(equalBytes(Uint8Array.from(inflateRawSync(whole)), content));
});
