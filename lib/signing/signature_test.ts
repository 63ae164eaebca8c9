import assert from "node:assert/strict";
import fc from "fast-check";
import * as noble from "@noble/ed25519";
import { base64, fromBase64, fromHex, utf8 } from "../formats/bytes.ts";
import { digestOf } from "./digest.ts";
import { keyFromSeed } from "./keys.ts";
import { checkSignature, isPlainMismatch, signDocument, withSignature } from "./signature.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(4));
const other = await keyFromSeed(new Uint8Array(32).fill(5));
const document = { a: 1, b: [null, "x"] };
const digest = await digestOf(document);
const good = await signDocument(document, key);
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

Deno.test("signDocument() signs the 32 raw bytes of the digest, as an independent verifier sees it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme" }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      async (value, seed) => {
        const signer = await keyFromSeed(Uint8Array.from(seed));
        const signed = { value };
        const { sig, signed_digest, alg, key_id } = await signDocument(signed, signer);
        assert.equal(signed_digest, await digestOf(signed));
        assert.deepEqual([alg, key_id], ["ed25519", signer.public.id]);
        assert.equal(sig.length, 88);
        const raw = fromHex(signed_digest)!;
        assert.equal(
          await noble.verifyAsync(fromBase64(sig)!, raw, signer.public.raw, { zip215: false }),
          true,
        );
        assert.deepEqual(fromBase64(sig), Uint8Array.from(await noble.signAsync(raw, signer.seed)));
        assert.equal(
          await noble.verifyAsync(fromBase64(sig)!, utf8(signed_digest), signer.public.raw, {
            zip215: false,
          }),
          false,
        );
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("signDocument() gives the same signature for the same document and key", async () => {
  assert.deepEqual(await signDocument({ b: [null, "x"], a: 1 }, key), good);
});

Deno.test("checkSignature() accepts a signature, with and without key id", async () => {
  assert.equal(await checkSignature(good, digest, key.public), undefined);
  assert.equal(await checkSignature({ ...good, key_id: "" }, digest, key.public), undefined);
});

Deno.test("checkSignature() gives the texts of docs/spec/core.md 2.4, in their order", async () => {
  const wrong = await signDocument({ a: 2 }, key);
  const short = base64(fromBase64(good.sig)!.slice(1));
  const long = base64(new Uint8Array(65));
  const flipped = fromBase64(good.sig)!;
  flipped[0]! ^= 1;
  const everything = { alg: "none", key_id: "x", sig: "!", signed_digest: "" };
  const cases: [typeof good, string][] = [
    [everything, "missing signed_digest"],
    [{ ...everything, signed_digest: wrong.signed_digest }, "signed_digest mismatch"],
    [{ ...good, signed_digest: digest.toUpperCase() }, "signed_digest mismatch"],
    [{ ...good, signed_digest: digest + " " }, "signed_digest mismatch"],
    [{ ...everything, signed_digest: digest }, "unsupported alg: none"],
    [{ ...good, alg: "" }, "unsupported alg: "],
    [{ ...good, alg: "Ed25519" }, "unsupported alg: Ed25519"],
    [{ ...good, alg: "ed25519 " }, "unsupported alg: ed25519 "],
    [{ ...good, alg: "hs256" }, "unsupported alg: hs256"],
    [{ ...good, key_id: other.public.id, sig: "!" }, "key id mismatch"],
    [{ ...good, key_id: key.public.id.toUpperCase() }, "key id mismatch"],
    [{ ...good, sig: "" }, "invalid signature length: 0"],
    [{ ...good, sig: short }, "invalid signature length: 63"],
    [{ ...good, sig: long }, "invalid signature length: 65"],
    [{ ...good, sig: base64(flipped) }, "signature verification failed"],
    [{ ...good, sig: wrong.sig }, "signature verification failed"],
  ];
  for (const [signature, text] of cases) {
    const problem = await checkSignature(signature, digest, key.public);
    assert.equal(problem, text);
    assert.equal(isPlainMismatch(problem), text === "signature verification failed");
  }
  for (
    const sig of [
      "!",
      good.sig.slice(0, -1),
      good.sig.slice(0, -2),
      good.sig + "\n",
      good.sig.replace("==", ""),
    ]
  ) {
    const problem = await checkSignature({ ...good, sig }, digest, key.public);
    assert.match(problem ?? "", /^decode sig: /);
    assert.equal(isPlainMismatch(problem!), false);
  }
});

Deno.test("checkSignature() fails for every changed bit of the signature", async () => {
  for (let bit = 0; bit < 512; bit++) {
    const sig = fromBase64(good.sig)!;
    sig[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(
      await checkSignature({ ...good, sig: base64(sig) }, digest, key.public),
      "signature verification failed",
    );
  }
});

Deno.test("checkSignature() refuses the second spelling of a signature, S + L", async () => {
  const sig = fromBase64(good.sig)!;
  let s = sig.subarray(32).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + L;
  for (let i = 32; i < 64; i++, s >>= 8n) sig[i] = Number(s & 0xffn);
  assert.equal(
    await checkSignature({ ...good, sig: base64(sig) }, digest, key.public),
    "signature verification failed",
  );
});

Deno.test("checkSignature() fails under another key, and for another document", async () => {
  assert.equal(await checkSignature(good, digest, other.public), "key id mismatch");
  assert.equal(
    await checkSignature({ ...good, key_id: "" }, digest, other.public),
    "signature verification failed",
  );
  assert.equal(await checkSignature(good, await digestOf({}), key.public), "signed_digest mismatch");
});

Deno.test("checkSignature() agrees with noble at its strictest on mutated signatures", async () => {
  const change = fc.tuple(fc.nat(63), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
      const sig = fromBase64(good.sig)!;
      for (const [at, value] of changes) sig[at] = value;
      const ours = await checkSignature({ ...good, sig: base64(sig) }, digest, key.public) === undefined;
      const theirs = await noble.verifyAsync(sig, fromHex(digest)!, key.public.raw, { zip215: false });
      assert.equal(ours, theirs);
    }),
    { numRuns: 60 },
  );
});

Deno.test("withSignature() replaces the signatures of a document and covers everything else", async () => {
  const first = await withSignature({ ...document, signatures: ["old"], ["__proto__"]: 1 }, key);
  const { signatures, ...rest } = first;
  assert.equal((signatures as unknown[]).length, 1);
  const [signature] = signatures as unknown as (typeof good)[];
  assert.equal(signature!.signed_digest, await digestOf(rest as never));
  assert.deepEqual(await withSignature(first, key), first);
});
