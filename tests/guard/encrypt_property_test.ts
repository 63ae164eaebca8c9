/*
 * Encrypted artifacts over generated input: whatever is encrypted comes back, in one piece or in many, what another
 * implementation of GCM wrote is read, and what was changed anywhere is refused.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { base64Bulk, fromBase64Bulk } from "../../lib/formats/base64_bulk.ts";
import { timeOfMillis } from "../../lib/formats/time.ts";
import { openParts } from "../../lib/guard/encrypt/open_file.ts";
import { scanArtifact } from "../../lib/guard/encrypt/scan.ts";
import { type PlainFacts, sealParts } from "../../lib/guard/encrypt/sealed_file.ts";
import { FAKE_NOW } from "../support/fake_effects.ts";

const KEY = new Uint8Array(32).fill(7);
const NONCE = new Uint8Array(12).fill(9);
const SOURCE = { mode: "env", ref: "K" } as const;

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function seal(
  plain: Uint8Array,
  size: number,
): Promise<{ artifact: Uint8Array<ArrayBuffer>; facts: PlainFacts }> {
  let facts: PlainFacts | undefined;
  const context = {
    key: { bytes: KEY, source: SOURCE },
    nonce: NONCE,
    now: timeOfMillis(FAKE_NOW),
    version: "t",
  };
  const parts = await Array.fromAsync(sealParts(cut(plain, size), context, (found) => facts = found));
  return { artifact: concat(parts), facts: facts! };
}

async function open(artifact: Uint8Array, size: number, key = KEY): Promise<Uint8Array<ArrayBuffer>> {
  const scanned = await scanArtifact(cut(artifact, size), "a");
  let done = false;
  const parts = await Array.fromAsync(openParts(cut(artifact, size), scanned, key, "a", () => done = true));
  assert.ok(done);
  return concat(parts);
}

const plaintext = fc.uint8Array({ maxLength: 200 });
const size = fc.integer({ min: 1, max: 300 });

Deno.test("what is encrypted comes back, whatever the pieces of reading are", () =>
  fc.assert(fc.asyncProperty(plaintext, size, size, async (plain, inPieces, outPieces) => {
    const { artifact, facts } = await seal(plain, inPieces);
    assert.equal(facts.size, plain.length);
    assert.deepEqual(artifact, (await seal(plain, 300)).artifact, "pieces don't show");
    assert.deepEqual([...await open(artifact, outPieces)], [...plain]);
  })));

Deno.test("an artifact is canonical, and its ciphertext is that of Web Crypto", () =>
  fc.assert(fc.asyncProperty(plaintext, async (plain) => {
    const document = JSON.parse(new TextDecoder().decode((await seal(plain, 64)).artifact));
    assert.deepEqual(Object.keys(document), Object.keys(document).toSorted());
    const key = await crypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["encrypt"]);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: NONCE }, key, new Uint8Array(plain));
    assert.deepEqual(fromBase64Bulk(document.ciphertext), new Uint8Array(sealed));
  })));

Deno.test("members may stand in any order, with line ends in the ciphertext", () =>
  fc.assert(
    fc.asyncProperty(plaintext, size, fc.integer({ min: 1, max: 80 }), async (plain, pieces, width) => {
      const document = JSON.parse(new TextDecoder().decode((await seal(plain, 64)).artifact));
      const folded = document.ciphertext.replaceAll(new RegExp(`.{${width}}`, "g"), "$&\r\n");
      for (const ciphertext of [document.ciphertext, folded]) {
        const reversed = Object.fromEntries(Object.entries({ ...document, ciphertext }).toReversed());
        for (const text of [JSON.stringify(reversed), `\n${JSON.stringify(reversed, null, 2)}\n`]) {
          assert.deepEqual([...await open(utf8(text.replaceAll("\\n", "\\u000a")), pieces)], [...plain]);
        }
      }
    }),
  ));

Deno.test("a changed bit is refused anywhere it means something", async () => {
  const { artifact } = await seal(utf8("the evidence"), 300);
  const text = new TextDecoder().decode(artifact);
  const free = ["created_at", "producer_version", "key_source"]; // GCM covers no header in this format
  for (let at = 0; at < artifact.length; at++) {
    const changed = artifact.slice();
    changed[at]! ^= 1;
    const plain = await open(changed, 64).catch((error) => {
      assert.equal(error.code, "invalid_input", `${at}: ${error}`);
    });
    if (plain === undefined) continue;
    assert.equal(new TextDecoder().decode(plain), "the evidence");
    const member = free.find((name) => at >= text.indexOf(name) && at < text.indexOf(name) + 70);
    assert.ok(member ?? /"plain_sha256":"[0-9a-f]*$/.test(text.slice(0, at)), `${at} ${text[at]}`);
  }
});

Deno.test("malformed artifacts are refused with a clear error, whatever is malformed", async () => {
  const { artifact } = await seal(utf8("x"), 300);
  const document = JSON.parse(new TextDecoder().decode(artifact));
  const wrong: [string, unknown][] = [
    ["nonce", "AAAA"],
    ["nonce", ""],
    ["nonce", base64Bulk(new Uint8Array(16))],
    ["algorithm", "aes-128-gcm"],
    ["schema_id", "gait.gate.trace"],
    ["schema_version", "2.0.0"],
    ["plain_size", 2],
    ["plain_size", -1],
    ["plain_size", "1"],
    ["plain_sha256", "00"],
    ["created_at", "soon"],
    ["ciphertext", ""],
    ["ciphertext", "AAAA"],
    ["ciphertext", `${document.ciphertext.slice(0, -4)}====`],
    ["ciphertext", `${document.ciphertext} `],
    ["ciphertext", `AA==${document.ciphertext}`],
    ["ciphertext", 7],
    ["ciphertext", null],
    ["extra", 1],
    ["key_source", { mode: "env", extra: 1 }],
  ];
  const texts = wrong.map(([name, value]) => JSON.stringify({ ...document, [name]: value }));
  const good = JSON.stringify(document);
  texts.push("", "{", "[]", "null", `${good}{}`, `${good} x`, good.slice(0, -1), good.slice(0, 50));
  texts.push(good.replace("{", `{"ciphertext":"AAAA",`), `{"ciphertext":"${"A".repeat(70_000)}"}`);
  texts.push(
    `{"note":"${"A".repeat(70_000)}"}`,
    `{"c\\u0069phertext":"${"A".repeat(70_000)}"}`,
    '{"ciphertext":"\\',
  );
  for (const text of texts) {
    await assert.rejects(open(utf8(text), 64), { code: "invalid_input" }, text.slice(0, 60));
  }
});

Deno.test("another key opens nothing", async () => {
  const { artifact } = await seal(utf8("x"), 300);
  await assert.rejects(open(artifact, 300, new Uint8Array(32)), { code: "invalid_input" });
});

Deno.test("the scanner is never fooled by what a text holds", () =>
  fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), size, async (text, pieces) => {
    const document = JSON.parse(new TextDecoder().decode((await seal(utf8("x"), 64)).artifact));
    const tricky = { ...document, producer_version: `${text}","ciphertext":"AAAA\\` };
    assert.deepEqual([...await open(utf8(JSON.stringify(tricky)), pieces)], [...utf8("x")]);
  })));
