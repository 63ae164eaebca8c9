import assert from "node:assert/strict";
import * as noble from "@noble/ed25519";
import { base64, fromHex } from "../formats/bytes.ts";
import { sha256 } from "./digest.ts";
import { keyFromSeed } from "./private_key.ts";
import { formatPublicKey, importPublicKey, parsePublicKey } from "./public_key.ts";

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
