import assert from "node:assert/strict";
import { base64, concat, fromHex, hex } from "../formats/bytes.ts";
import { formatPrivateKey, keyFromSeed, parsePrivateKey } from "./private_key.ts";

const INVALID = { code: "invalid_input" };
const VECTORS: { seed: string; public_key: string; message: string; signature: string }[] = JSON.parse(
  await Deno.readTextFile(new URL("../../testdata/ed25519/rfc8032.json", import.meta.url)),
);

Deno.test("keyFromSeed() derives the public keys of RFC 8032 and signs as it says", async () => {
  assert.equal(VECTORS.length, 4);
  for (const vector of VECTORS) {
    const key = await keyFromSeed(fromHex(vector.seed)!);
    assert.equal(hex(key.public.raw), vector.public_key);
    const message = fromHex(vector.message)!;
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key.handle, message));
    assert.equal(hex(signature), vector.signature);
    assert.equal(await crypto.subtle.verify("Ed25519", key.public.handle, signature, message), true);
  }
});

Deno.test("keyFromSeed() refuses other lengths", async () => {
  for (const length of [0, 31, 33, 64]) await assert.rejects(keyFromSeed(new Uint8Array(length)), INVALID);
});

Deno.test("parsePrivateKey() reads what formatPrivateKey() writes: 88 characters and a newline", async () => {
  const key = await keyFromSeed(new Uint8Array(32).fill(1));
  const text = formatPrivateKey(key);
  assert.match(text, /^[A-Za-z0-9+/]{86}==\n$/);
  assert.equal((await parsePrivateKey(text)).public.id, key.public.id);
  const folded = text.slice(0, 40) + "\n" + text.slice(40);
  assert.deepEqual((await parsePrivateKey(folded)).seed, key.seed);
});

Deno.test("parsePrivateKey() refuses halves that do not belong together", async () => {
  const [mine, other] = [
    await keyFromSeed(new Uint8Array(32).fill(1)),
    await keyFromSeed(new Uint8Array(32).fill(2)),
  ];
  const mixed = base64(concat([mine.seed, other.public.raw]));
  await assert.rejects(parsePrivateKey(mixed), {
    code: "invalid_input",
    detail: "private_key_halves_differ",
  });
  for (const at of [0, 31, 32, 63]) {
    const bytes = concat([mine.seed, mine.public.raw]);
    bytes[at]! ^= 1;
    await assert.rejects(parsePrivateKey(base64(bytes)), {
      code: "invalid_input",
      detail: "private_key_halves_differ",
    });
  }
});

Deno.test("parsePrivateKey() refuses other lengths and spellings, and never shows the text", async () => {
  const key = await keyFromSeed(new Uint8Array(32).fill(1));
  const text = formatPrivateKey(key).trim();
  const seedOnly = base64(key.seed);
  for (
    const bad of [
      seedOnly,
      text.slice(0, -1),
      text.slice(0, -2),
      "\ufeff" + text,
      text.replace("=", " ="),
      text + text,
      "",
    ]
  ) {
    await assert.rejects(parsePrivateKey(bad), (error: Error & { code?: string; hint?: string }) => {
      const shown = `${error.message} ${error.hint ?? ""} ${error.cause ?? ""}`;
      return error.code === "invalid_input" && !shown.includes(seedOnly.slice(0, 12));
    });
  }
});
