import assert from "node:assert/strict";
import * as noble from "@noble/ed25519";
import fc from "fast-check";
import { concat, fromHex, utf8 } from "../../../../formats/bytes.ts";
import { importPublicKey, importVerifyingKey, keyFromSeed, verifyEd25519 } from "../../../../signing/mod.ts";
import * as substitute from "./ed25519.ts";

const { Point } = noble;
const L = Point.CURVE().n;

/** What the command says of a signature. */
async function commandVerifies(
  raw: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await verifyEd25519(await importVerifyingKey(raw), signature, message);
}

function little(value: bigint): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 32 }, (_, i) => Number(value >> BigInt(8 * i) & 255n));
}

async function challenge(...parts: Uint8Array[]): Promise<bigint> {
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-512", concat(parts)));
  return hashed.reduceRight((value, byte) => value << 8n | BigInt(byte), 0n) % L;
}

Deno.test("verifyByArithmetic() takes the signatures of RFC 8032", async () => {
  const vectors = JSON.parse(
    await Deno.readTextFile(new URL("../../../../../testdata/ed25519/rfc8032.json", import.meta.url)),
  );
  assert.ok(vectors.length > 3);
  for (const { public_key, message, signature } of vectors) {
    const [raw, text, signed] = [public_key, message, signature].map((member) => fromHex(member)!);
    assert.equal(await substitute.verifyByArithmetic(raw!, signed!, text!), true);
    assert.equal(await substitute.verifyByArithmetic(raw!, signed!, concat([text!, utf8("x")])), false);
  }
});

Deno.test("verifyByArithmetic() agrees with Web Crypto on signatures, whole and with a bit flipped", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.option(fc.nat(511)),
      async (seed, given, flipped) => {
        const key = await keyFromSeed(seed.slice());
        const message = given.slice();
        const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key.handle, message));
        if (flipped !== null) signature[flipped >> 3]! ^= 1 << (flipped & 7);
        const expected = await commandVerifies(key.public.raw, signature, message);
        assert.equal(expected, flipped === null);
        assert.equal(
          await substitute.verifyByArithmetic(key.public.raw, signature, message),
          expected,
        );
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("verifyByArithmetic() refuses what only the equation with the cofactor takes, as the command does", async () => {
  const torsion = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  let refused = 0;
  for (let n = 1n; n <= 8n; n++) {
    const secret = 1000n + n;
    const key = Point.BASE.multiply(secret).add(torsion);
    const raw = Uint8Array.from(key.toBytes());
    const message = utf8(`message ${n}`);
    const r = Uint8Array.from(Point.BASE.multiply(77n + n).toBytes());
    const k = await challenge(r, raw, message);
    const signature = concat([r, little((77n + n + k * secret) % L)]);
    assert.equal(await noble.verifyAsync(signature, message, raw, { zip215: false }), true);
    const expected = await commandVerifies(raw, signature, message);
    assert.equal(await substitute.verifyByArithmetic(raw, signature, message), expected);
    if (!expected) refused++;
  }
  assert.ok(refused > 0, "no signature told the two equations apart");
});

Deno.test("verifyByArithmetic() refuses a second form of a signature, with s + L", async () => {
  const key = await keyFromSeed(new Uint8Array(32).fill(7));
  const message = utf8("message");
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key.handle, message));
  const s = signature.subarray(32).reduceRight((value, byte) => value << 8n | BigInt(byte), 0n);
  const second = concat([signature.subarray(0, 32), little(s + L)]);
  assert.equal(await substitute.verifyByArithmetic(key.public.raw, signature, message), true);
  assert.equal(await substitute.verifyByArithmetic(key.public.raw, second, message), false);
  assert.equal(await commandVerifies(key.public.raw, second, message), false);
});

Deno.test("verifyByArithmetic() says no for a key that is not a point, as the command does", async () => {
  const raw = new Uint8Array(32).fill(2);
  assert.throws(() => Point.fromBytes(raw));
  await importPublicKey(raw); // neither side finds it out before it verifies
  const signature = new Uint8Array(64);
  assert.equal(await commandVerifies(raw, signature, utf8("m")), false);
  assert.equal(await substitute.verifyByArithmetic(raw, signature, utf8("m")), false);
});
