/*
 * The attacks of docs/threat_model.md on callpacks: archives (1 to 7), texts (8 to 10), signatures (26 to 30), and any byte.
 * What an archive may look like at all is tested on the reader itself, in tests/formats/zip_attack_test.ts.
 */
import assert from "node:assert/strict";
import { verifyPack } from "../../lib/pack/verify.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJsonObject } from "../../lib/formats/json/mod.ts";
import { PACK_ENTRY } from "../../lib/schema/pack_layout.ts";
import { CALL_ENTRY } from "../../lib/schema/voice/layout.ts";
import { type PrivateKey, signDocument } from "../../lib/signing/mod.ts";
import { callPackSample, sayTokenSample } from "../support/sample_calls.ts";
import { archiveOf, forge, swap } from "../support/sample_packs.ts";
import { testKey, unpack } from "../support/sample_run.ts";
import { buildZip, type Entry } from "../support/zip_builder.ts";

const [alice, eve] = await Promise.all([testKey(1), testKey(2)]);
const pack = await callPackSample();
const contents = await unpack(pack);
const trust = (
  key: PrivateKey,
) => ({ trusted: { source: "flag", key: key.public }, requireSignature: true } as const);

/** Whether a pack verifies; only errors of ours count as a refusal. */
async function verifies(bytes: Uint8Array<ArrayBuffer>, demands = {}): Promise<boolean> {
  try {
    return (await verifyPack(bytes, demands)).ok;
  } catch (error) {
    if (error instanceof GaitError && ["invalid_input", "verification_failed"].includes(error.code)) {
      return false;
    }
    throw error;
  }
}

/** The entries of the pack as an attacker lays them out. */
function entries(change: (entry: Entry & { name: string }) => Entry[] = (entry) => [entry]): Entry[] {
  return [...contents].flatMap(([name, content]) => change({ name, content }));
}

const MASKS = [1, 2, 4, 8, 16, 32, 64, 128, 255];

for (const [kind, key] of [["", undefined], ["signed ", alice]] as const) {
  Deno.test(`verifyPack() fails when any byte of a ${kind}callpack is flipped`, async () => {
    const bytes = await callPackSample(key);
    assert.equal(await verifies(bytes), true);
    const accepted: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      // One of nine masks a byte; all of them held when this was written.
      const mask = MASKS[(at * 5 + 3) % 9]!;
      bytes[at]! ^= mask;
      if (await verifies(bytes)) accepted.push(`byte ${at} of ${bytes.length} ^ ${mask}`);
      bytes[at]! ^= mask;
    }
    assert.deepEqual(accepted, []);
  });
}

Deno.test("verifyPack() fails when a callpack is cut anywhere", async () => {
  for (let length = 0; length < pack.length; length += 7) {
    assert.equal(await verifies(pack.slice(0, length)), false, `cut at ${length}`);
  }
});

Deno.test("attacks 1, 3 to 6: a callpack with a lie in its archive does not verify", async () => {
  assert.equal(await verifies(buildZip(entries())), true, "without a lie it must hold");
  const only = (path: string, lie: Partial<Entry>) =>
    entries((entry) => [entry.name === path ? { ...entry, ...lie } : entry]);
  const decisions = CALL_ENTRY.decisions;
  for (
    const [lie, bytes] of Object.entries({
      "slip": buildZip([...entries(), { name: "../call_events.jsonl", content: "x" }]),
      "absolute": buildZip([...entries(), { name: "/etc/passwd", content: "x" }]),
      "backslash": buildZip(entries((entry) => [{ ...entry, name: entry.name.replace("/", "\\") }])),
      "twice": buildZip([...entries(), { name: decisions, content: contents.get(decisions)! }]),
      "twice by case": buildZip([...entries(), { name: decisions.toUpperCase(), content: "x" }]),
      "other local name": buildZip(only(decisions, { local: { name: "gate_decisionz.jsonl" } })),
      "data in a gap": buildZip(only(decisions, { behind: utf8("allow") })),
      "unlisted": buildZip([...entries(), { name: "extra.json", content: "{}" }]),
      "folder": buildZip([...entries(), { name: "source/", content: "" }]),
      "encrypted": buildZip(only(decisions, { flags: 1 })),
      "unknown method": buildZip(only(decisions, { method: 99 })),
      "link": buildZip(only(decisions, { versionMadeBy: 0x0314, attributes: 0o120777 << 16 >>> 0 })),
      "wrong checksum": buildZip(only(decisions, { crc: 1 })),
    })
  ) assert.equal(await verifies(bytes), false, lie);
});

Deno.test("attack 4: bytes in front of a callpack are reported, and fail a strict one", async () => {
  const bytes = buildZip(entries(), { before: utf8("#!/bin/sh\n") });
  assert.notDeepEqual((await verifyPack(bytes)).findings, []);
  assert.equal(await verifies(bytes, { strict: true }), false);
});

Deno.test("attack 2: a bomb in the place of the runpack is refused, whatever the manifest says of it", async () => {
  const bomb = await archiveOf(new Map([["manifest.json", new Uint8Array(4 << 20)]]));
  for (const source of [bomb, concat([bomb, bomb]), pack]) {
    assert.equal(await verifies(await forge(pack, { [PACK_ENTRY.runpack]: source })), false);
  }
});

Deno.test("attack 5: an entry that is missing, changed or moved to another name does not verify", async () => {
  for (const name of contents.keys()) {
    assert.equal(await verifies(await swap(pack, { [name]: undefined })), false, `${name} missing`);
    if (name === PACK_ENTRY.manifest) continue; // white space says nothing there; what it says is digested
    assert.equal(
      await verifies(await swap(pack, { [name]: concat([contents.get(name)!, utf8(" ")]) })),
      false,
    );
  }
  const [events, receipts] = [contents.get(CALL_ENTRY.events)!, contents.get(CALL_ENTRY.receipts)!];
  const exchanged = { [CALL_ENTRY.events]: receipts, [CALL_ENTRY.receipts]: events };
  assert.equal(await verifies(await swap(pack, exchanged as Record<string, Uint8Array<ArrayBuffer>>)), false);
});

Deno.test("attack 7: the same entries in another order and form are accepted", async () => {
  assert.equal(await verifies(buildZip(entries().reverse())), true);
});

Deno.test("attack 8: a key that stands twice in any record is refused, although its digest holds", async () => {
  for (const name of [PACK_ENTRY.callPayload, ...Object.values(CALL_ENTRY)]) {
    const text = new TextDecoder().decode(contents.get(name)!);
    const doubled = text.replace(/\{"(\w+)":/, (start, key) => `{"${key}":"x",${start.slice(1)}`);
    assert.notEqual(doubled, text);
    assert.equal(await verifies(await forge(pack, { [name]: doubled })), false, name);
  }
});

Deno.test("attacks 9, 10 and 12: numbers, text and nesting that readers take differently are refused", async () => {
  const text = new TextDecoder().decode(contents.get(CALL_ENTRY.events)!);
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  for (
    const value of [
      "NaN",
      "Infinity",
      "1e400",
      "9007199254740993",
      "0.1000000000000000055511151231257827",
      deep,
    ]
  ) {
    const odd = text.replace('"latency_ms":120', `"latency_ms":${value}`);
    assert.notEqual(odd, text);
    assert.equal(await verifies(await forge(pack, { [CALL_ENTRY.events]: odd })), false, value.slice(0, 20));
  }
  const events = contents.get(CALL_ENTRY.events)!;
  const marked = concat([new Uint8Array([0xef, 0xbb, 0xbf]), events]);
  assert.equal(await verifies(await forge(pack, { [CALL_ENTRY.events]: marked })), false);
});

Deno.test("attacks 26 and 28: only a signature by the key that was named counts", async () => {
  const signed = await callPackSample(alice);
  assert.equal(await verifies(signed, trust(alice)), true);
  assert.equal(await verifies(signed, trust(eve)), false);
  assert.equal(await verifies(pack, trust(alice)), false);
  const manifest = readJsonObject((await unpack(signed)).get(PACK_ENTRY.manifest)!, { what: "manifest" });
  const [signature] = manifest["signatures"] as JsonObject[];
  for (
    const signatures of [[], null, [{ ...signature, sig: "" }], [{ ...signature, sig: "AAAA" }], [{
      ...signature,
      alg: "none",
    }]]
  ) {
    const bytes = canonicalBytes({ ...manifest, signatures } as JsonObject);
    assert.equal(await verifies(await swap(signed, { [PACK_ENTRY.manifest]: bytes }), trust(alice)), false);
  }
  // Eve signs anew and says that she is Alice.
  const forged = await forge(pack, {
    [CALL_ENTRY.decisions]: contents.get(CALL_ENTRY.decisions) as Uint8Array<ArrayBuffer>,
  }, { key: eve });
  assert.equal(await verifies(forged, trust(alice)), false);
});

Deno.test("attack 30: a signature over a say-token signs no pack", async () => {
  const signed = await callPackSample(alice);
  const manifest = readJsonObject((await unpack(signed)).get(PACK_ENTRY.manifest)!, { what: "manifest" });
  const { token } = await sayTokenSample(alice);
  const moved = { ...await signDocument({ ...token } as unknown as JsonObject, alice) };
  const bytes = canonicalBytes({ ...manifest, signatures: [moved] });
  assert.equal(await verifies(await swap(signed, { [PACK_ENTRY.manifest]: bytes }), trust(alice)), false);
});

Deno.test("attack 34: a pack without proof records does not pass for a strict one", async () => {
  const bare = await forge(pack, { [PACK_ENTRY.proof]: undefined });
  assert.equal(await verifies(bare), true);
  assert.equal(await verifies(bare, { requireProof: true }), false);
});
