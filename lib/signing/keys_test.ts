import assert from "node:assert/strict";
import * as noble from "@noble/ed25519";
import { base64, concat, fromHex, hex } from "../formats/bytes.ts";
import { sha256 } from "./digest.ts";
import {
  formatPrivateKey,
  formatPublicKey,
  importPublicKey,
  keyFromSeed,
  parsePrivateKey,
  parsePublicKey,
} from "./keys.ts";

const INVALID = { code: "invalid_input" };

async function vectors<T>(name: string): Promise<T[]> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../testdata/ed25519/${name}.json`, import.meta.url)));
}

Deno.test("importPublicKey() refuses all encodings of the eight points of small order", async () => {
  const points = await vectors<{ order: number; canonical: boolean; hex: string }>("small_order");
  assert.equal(points.filter((point) => point.canonical).length, 8);
  assert.equal(points.length, 14);
  for (const { hex } of points) {
    await assert.rejects(importPublicKey(fromHex(hex)!), INVALID, hex);
    await assert.rejects(parsePublicKey(base64(fromHex(hex)!)), INVALID, hex);
  }
});

Deno.test("importPublicKey() refuses every encoding with y >= p", async () => {
  const encodings = await vectors<string>("not_canonical");
  assert.equal(encodings.length, 38);
  for (const hex of encodings) await assert.rejects(importPublicKey(fromHex(hex)!), INVALID, hex);
});

Deno.test("importPublicKey() accepts the largest y below p that is on the curve and of large order", async () => {
  for (let y = 2n ** 255n - 21n;; y--) {
    const raw = Uint8Array.from({ length: 32 }, (_, i) => Number(y >> BigInt(8 * i) & 0xffn));
    if (!onCurve(raw)) continue;
    assert.equal((await importPublicKey(raw)).raw.length, 32);
    return;
  }
});

function onCurve(raw: Uint8Array): boolean {
  try {
    return !noble.Point.fromBytes(raw).isSmallOrder();
  } catch {
    return false;
  }
}

Deno.test("importPublicKey() refuses other lengths", async () => {
  for (const length of [0, 1, 31, 33, 64]) {
    await assert.rejects(importPublicKey(new Uint8Array(length).fill(9)), INVALID);
  }
});

Deno.test("importPublicKey() computes the id from the raw key", async () => {
  const { public: key } = await keyFromSeed(new Uint8Array(32).fill(7));
  assert.equal(key.id, await sha256(key.raw));
  assert.equal((await parsePublicKey(formatPublicKey(key))).id, key.id);
});

Deno.test("parsePublicKey() reads only standard, padded base64 of 32 bytes", async () => {
  const key = (await keyFromSeed(new Uint8Array(32).fill(3))).public;
  const text = base64(key.raw);
  assert.equal(text.length, 44);
  for (
    const good of [
      text,
      text + "\n",
      ` \t${text}\r\n`,
      text.slice(0, 20) + "\r\n" + text.slice(20),
      "\n\n" + text,
    ]
  ) {
    assert.equal((await parsePublicKey(good)).id, key.id);
  }
  const url = text.replaceAll("+", "-").replaceAll("/", "_");
  const bad = [
    "",
    text.slice(0, -1),
    text + "=",
    "\ufeff" + text,
    text.slice(0, 20) + " " + text.slice(20),
    text.slice(0, 20) + "\t" + text.slice(20),
    `"${text}"`,
    text + " # name",
    "\u00a0" + text,
    base64(new Uint8Array(31)),
    base64(new Uint8Array(64).fill(5)),
    text + "\n" + text,
    "-----BEGIN PUBLIC KEY-----\n" + text,
    text.slice(0, -2) + String.fromCharCode(text.charCodeAt(42) + 1) + "=",
  ];
  for (const given of url === text ? bad : [...bad, url]) {
    await assert.rejects(parsePublicKey(given), INVALID, JSON.stringify(given));
  }
});

Deno.test("parsePublicKey() refuses the URL-safe alphabet", async () => {
  // A key whose base64 holds + or /, so that the two alphabets differ.
  for (let i = 0; i < 50; i++) {
    const text = base64((await keyFromSeed(new Uint8Array(32).fill(i))).public.raw);
    if (!/[+/]/.test(text)) continue;
    await assert.rejects(parsePublicKey(text.replaceAll("+", "-").replaceAll("/", "_")), INVALID);
    return;
  }
  assert.fail("no key with + or /");
});

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
