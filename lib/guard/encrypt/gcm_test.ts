import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { concat, fromHex, hex } from "../../formats/bytes.ts";
import { type Direction, GcmMessage } from "./gcm.ts";

async function process(
  direction: Direction,
  key: Uint8Array,
  nonce: Uint8Array,
  input: Uint8Array,
  sizes: readonly number[],
): Promise<{ output: Uint8Array; tag: Uint8Array }> {
  const message = await GcmMessage.begin(direction, new Uint8Array(key), new Uint8Array(nonce));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < input.length;) {
    const size = sizes[parts.length % sizes.length]!;
    parts.push(await message.push(input.subarray(at, at + size)));
    at += size;
  }
  const { rest, tag } = await message.end();
  return { output: concat([...parts, rest]), tag };
}

/** Test cases 13 to 16 of the paper that defines GCM (McGrew and Viega), those of AES-256 without additional data. */
const PLAIN = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
const VECTORS = [
  ["00".repeat(32), "00".repeat(12), "", "", "530f8afbc74536b9a963b4f1c4cb738b"],
  [
    "00".repeat(32),
    "00".repeat(12),
    "00".repeat(16),
    "cea7403d4d606b6e074ec5d3baf39d18",
    "d0d1c8a799996bf0265b98b5d48ab919",
  ],
  [
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    "cafebabefacedbaddecaf888",
    PLAIN,
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
    "b094dac5d93471bdec1a502270e3cc6c",
  ],
] as const;

Deno.test("GcmMessage gives the published results", async () => {
  for (const [key, nonce, plain, sealed, tag] of VECTORS) {
    for (const size of [1, 16, 17, 64]) {
      const made = await process("encrypt", fromHex(key)!, fromHex(nonce)!, fromHex(plain)!, [size]);
      assert.deepEqual([hex(made.output), hex(made.tag)], [sealed, tag]);
    }
  }
});

Deno.test("GcmMessage does what node:crypto does, whatever the pieces, in both directions", () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
  return fc.assert(
    fc.asyncProperty(
      bytes(32),
      bytes(12),
      fc.uint8Array({ maxLength: 600 }),
      sizes,
      async (key, nonce, plain, sizes) => {
        const cipher = createCipheriv("aes-256-gcm", key, nonce);
        const expected = concat([cipher.update(plain), cipher.final()]);
        const made = await process("encrypt", key, nonce, plain, sizes);
        assert.deepEqual(made.output, expected);
        assert.deepEqual(made.tag, new Uint8Array(cipher.getAuthTag()));
        const back = await process("decrypt", key, nonce, expected, sizes);
        assert.deepEqual([back.output, back.tag], [new Uint8Array(plain), made.tag]);
      },
    ),
  );
});
