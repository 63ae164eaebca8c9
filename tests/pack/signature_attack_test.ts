/*
 * The attacks of docs/threat_model.md 26 to 34, on the signatures of packs, and item 46 on what is exported. Where
 * docs/spec/pack.md tolerates something, the test says so.
 */
import assert from "node:assert/strict";
import { base64, fromHex } from "../../lib/formats/bytes.ts";
import {
  canonicalBytes,
  type JsonObject,
  type JsonValue,
  readJsonObject,
} from "../../lib/formats/json/mod.ts";
import { otelLines } from "../../lib/export/otel_jsonl.ts";
import { parseTable, postgresSql } from "../../lib/export/postgres.ts";
import { exportRecord } from "../../lib/export/record.ts";
import { buildRunPack } from "../../lib/pack/build_run.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import type { VerifyPackOptions } from "../../lib/pack/report.ts";
import { PACK_ENTRY } from "../../lib/schema/pack_layout.ts";
import { importPublicKey, parsePublicKey, type TrustedKeys, withSignature } from "../../lib/signing/mod.ts";
import { forge, jobPackSample, runPackSample, swap } from "../support/sample_packs.ts";
import { packSample, testKey, unpack } from "../support/sample_run.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const key = await testKey(1);
const rogue = await testKey(2);
const TRUSTED: TrustedKeys = { source: "flag", key: key.public };
const DEMAND: VerifyPackOptions = { trusted: TRUSTED, requireSignature: true };

async function manifestOf(pack: Bytes): Promise<JsonObject> {
  return readJsonObject((await unpack(pack)).get(PACK_ENTRY.manifest)!, { what: "manifest" });
}

/** A signed pack with another list of signatures. */
async function withSignatures(change: (signature: JsonObject) => JsonValue, pack?: Bytes): Promise<Bytes> {
  const signed = pack ?? await runPackSample(key);
  const manifest = await manifestOf(signed);
  const [signature] = manifest.signatures as JsonObject[];
  const signatures = change(signature!);
  return await swap(signed, { [PACK_ENTRY.manifest]: canonicalBytes({ ...manifest, signatures }) });
}

/** Whether a pack proves its origin. */
async function proves(pack: Bytes, demands = DEMAND): Promise<boolean> {
  try {
    return (await verifyPack(pack, demands)).ok;
  } catch (error) {
    assert.equal((error as { code: string }).code, "verification_failed");
    return false;
  }
}

Deno.test("attack 26: a signature that is taken away, emptied, cut or repeated proves nothing", async () => {
  assert.equal(await proves(await runPackSample(key)), true);
  const sig = (text: string) => (signature: JsonObject) => [{ ...signature, sig: text }];
  const cut = base64(new Uint8Array(63));
  for (
    const change of [
      () => [],
      () => null,
      sig(cut),
      sig(base64(new Uint8Array(64))),
      sig("AA="),
      sig("not base64!"),
      sig(" "),
      (signature: JsonObject) => [{ ...signature, signed_digest: "" }],
      (signature: JsonObject) => Array(3).fill({ ...signature, sig: base64(new Uint8Array(64)) }),
    ]
  ) {
    assert.equal(await proves(await withSignatures(change)), false);
  }
  const { signatures: _, ...bare } = await manifestOf(await runPackSample(key));
  const stripped = await swap(await runPackSample(key), { [PACK_ENTRY.manifest]: canonicalBytes(bare) });
  assert.equal(await proves(stripped), false);
  const report = await verifyPack(stripped, { trusted: TRUSTED });
  // Without a demand an unsigned pack is fine, and the report says that it is unsigned (docs/spec/pack.md 4).
  assert.deepEqual([report.ok, report.signature.status], [true, "missing"]);
});

Deno.test("attack 27: the algorithm is fixed, and its name is only compared", async () => {
  for (const alg of ["none", "HS256", "Ed25519ph", "ED25519", "ed25519 "]) {
    assert.equal(await proves(await withSignatures((signature) => [{ ...signature, alg }])), false, alg);
  }
});

Deno.test("attack 28: a key that the pack itself names is never trusted", async () => {
  assert.equal(await proves(await runPackSample(rogue)), false);
  const renamed = await withSignatures(
    (signature) => [{ ...signature, key_id: key.public.id }],
    await runPackSample(rogue),
  );
  assert.equal(await proves(renamed), false);
  assert.equal((await verifyPack(await runPackSample(rogue))).signature.status, "skipped");
  const store: TrustedKeys = {
    source: "store",
    keys: new Map([[key.public.id, { key: key.public, name: "team" }]]),
  };
  assert.equal(await proves(await runPackSample(key), { ...DEMAND, trusted: store }), true);
  assert.equal(await proves(await runPackSample(rogue), { ...DEMAND, trusted: store }), false);
  // Signed again by somebody else after the contents were changed.
  const changed = await forge(await runPackSample(key), { "notes.txt": "mine" }, { key: rogue });
  assert.equal(await proves(changed), false);
});

Deno.test("attack 29: keys of small order, under which anything verifies, are refused when they are loaded", async () => {
  for (const raw of ["01".padEnd(64, "0"), "00".repeat(32), "ecff".padEnd(62, "f") + "7f"]) {
    await assert.rejects(importPublicKey(fromHex(raw)!), { code: "invalid_input" });
    await assert.rejects(parsePublicKey(base64(fromHex(raw)!)), { code: "invalid_input" });
  }
});

Deno.test("attack 30: a signature over another artifact does not fit a pack", async () => {
  const job = await manifestOf(await jobPackSample(key));
  const runpack = await packSample(() => {}, key);
  const inner = readJsonObject(runpack.manifest, { what: "manifest" });
  for (const other of [job.signatures, inner.signatures]) {
    assert.equal(await proves(await withSignatures(() => other as JsonValue)), false);
  }
  // A signature over the bare digest of a payload is none over the manifest.
  const payload = readJsonObject((await unpack(await runPackSample())).get(PACK_ENTRY.runPayload)!, {
    what: "payload",
  });
  const { signatures } = await withSignature(payload, key);
  assert.equal(await proves(await withSignatures(() => signatures as JsonValue)), false);
});

Deno.test("a signature inside is checked, too, when it names a trusted key", async () => {
  const { bytes } = await packSample(() => {}, key);
  const inner = readJsonObject((await unpack(bytes)).get("manifest.json")!, { what: "manifest" });
  const [signature] = inner.signatures as JsonObject[];
  const forged = { ...inner, signatures: [{ ...signature!, sig: base64(new Uint8Array(64)) }] };
  const runpack = await swap(bytes, { "manifest.json": canonicalBytes(forged) });
  const { pack } = await buildRunPack(runpack, "1.0.0", key);
  const report = await verifyPack(pack.bytes, DEMAND);
  assert.deepEqual(report.findings.map(({ code }) => code), ["source_signature_failed"]);
  assert.equal(report.ok, false);
  // Another key than that of the runpack says nothing about it.
  const other = await buildRunPack(runpack, "1.0.0", rogue);
  const theirs: TrustedKeys = { source: "flag", key: rogue.public };
  assert.equal((await verifyPack(other.pack.bytes, { trusted: theirs, requireSignature: true })).ok, true);
});

Deno.test("attack 31: a manifest in other bytes than the signed ones fails, though it says the same", async () => {
  const pack = await runPackSample(key);
  const manifest = await manifestOf(pack);
  const { pack_id, ...rest } = manifest;
  for (
    const text of [
      JSON.stringify(manifest, null, 2),
      JSON.stringify({ ...rest, pack_id }),
      JSON.stringify(manifest) + "\n",
      JSON.stringify(manifest).replace("1980-01-01T00:00:00Z", "1980-01-01T00:00:00.000Z"),
      JSON.stringify(manifest).replace('"run"', '"\\u0072un"'),
    ]
  ) {
    const report = await verifyPack(await swap(pack, { [PACK_ENTRY.manifest]: text }), DEMAND);
    assert.equal(report.ok, false, text.slice(0, 40));
    assert.ok(report.findings.some(({ code }) => code === "manifest_not_canonical"));
  }
});

Deno.test("attack 33: a chain of proof records that was cut or forked is found", async () => {
  const pack = await runPackSample(key);
  const lines = new TextDecoder().decode((await unpack(pack)).get(PACK_ENTRY.proof)!).split("\n");
  const strict = { ...DEMAND, strict: true };
  for (
    const kept of [lines.slice(1), [lines[0]!, lines[2]!], [lines[0]!, lines[0]!], lines.slice(0, -1), []]
  ) {
    const changed = await forge(pack, { [PACK_ENTRY.proof]: kept.join("\n") }, { key });
    assert.equal(await proves(changed, strict), false, `${kept.length} records`);
  }
  // Without the key nobody can make the manifest fit the shorter chain.
  assert.equal(await proves(await forge(pack, { [PACK_ENTRY.proof]: lines.slice(0, -1).join("\n") })), false);
});

Deno.test("attack 34: an older form does not drop a check that was asked for", async () => {
  const { bytes } = await packSample();
  assert.equal(await proves(bytes), false);
  const absent = await forge(await runPackSample(), { [PACK_ENTRY.proof]: undefined });
  assert.equal(await proves(absent), false);
});

Deno.test("attack 46: exports escape what they carry", async () => {
  const evil = "x'; DROP TABLE packs; --\n\u001b[2J\u2028<script>\\";
  const record = await exportRecord(await runPackSample(undefined, (run) => run.run.run_id = evil));
  const lines = await otelLines(record);
  assert.equal(lines.length, 8);
  // deno-lint-ignore no-control-regex
  assert.ok(lines.every((line) => !/[\x00-\x1f]/.test(line)));
  assert.equal(JSON.parse(lines[0]!).attributes["gait.source_ref"], evil);
  const sql = await postgresSql(record, { table: parseTable("gait_packs"), ddl: false });
  const literals = sql.replace(/'(?:[^']|'')*'/g, "");
  assert.ok(!literals.includes("DROP"), "the text stays inside its literal");
});
