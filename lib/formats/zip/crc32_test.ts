import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../bytes.ts";
import { crc32, crc32For } from "./crc32.ts";

Deno.test("crc32() gives the known checksums", () => {
  // Check value of the CRC catalogue for "123456789"; the rest by Python's zlib.crc32.
  const vectors: [Uint8Array, number][] = [
    [utf8(""), 0],
    [utf8("a"), 0xe8b7be43],
    [utf8("123456789"), 0xcbf43926],
    [utf8("The quick brown fox jumps over the lazy dog"), 0x414fa339],
    [new Uint8Array(32), 0x190a55ad],
    [new Uint8Array(32).fill(0xff), 0xff6cab0b],
    [Uint8Array.from({ length: 256 }, (_, i) => i), 0x29058c73],
  ];
  for (const [bytes, crc] of vectors) assert.equal(crc32(bytes), crc);
});

Deno.test("crc32() can be continued at any point", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
    assert.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), crc32(bytes));
  }));
});

Deno.test("crc32() agrees with the definition, bit by bit", () => {
  const slow = (bytes: Uint8Array) => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      for (let bit = 0; bit < 8; bit++) {
        const low = (crc ^ (byte >>> bit)) & 1;
        crc = (crc >>> 1) ^ (low ? 0xedb88320 : 0);
      }
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => assert.equal(crc32(bytes), slow(bytes))),
  );
});

Deno.test("crc32For() gives the same checksums for every size", async () => {
  const large = await crc32For(8 * 1024 * 1024 + 1);
  assert.notEqual(large, crc32);
  assert.equal(await crc32For(8 * 1024 * 1024), crc32);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(0xffffffff), (bytes, previous) => {
    assert.equal(large(bytes, previous), crc32(bytes, previous));
  }));
});
