/*
 * The attacks of docs/threat_model.md 1 to 7, 26 to 28 and 31 on evidence packs: what is taken away, added, moved or
 * forged is refused, and the weak spots of docs/spec/guard.md that have to do with verifying.
 */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject } from "../../lib/formats/json/mod.ts";
import { type VerifyEvidenceOptions, verifyEvidencePack } from "../../lib/guard/verify.ts";
import { NO_KEYS, type PrivateKey, type TrustedKeys } from "../../lib/signing/mod.ts";
import {
  aTrace,
  evidenceFolder,
  evidencePack,
  forgeEvidence,
  signedTrace,
} from "../support/sample_evidence.ts";
import { packSample, repack, testKey, unpack } from "../support/sample_run.ts";
import { buildZip } from "../support/zip_builder.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const key = await testKey(1);
const other = await testKey(2);
const flag = (given: PrivateKey): TrustedKeys => ({ source: "flag", key: given.public });
const store = (...given: PrivateKey[]): TrustedKeys => ({
  source: "store",
  keys: new Map(given.map((one, i) => [one.public.id, { key: one.public, name: `key${i}` }])),
});

async function sample(signer?: PrivateKey): Promise<Bytes> {
  const files = await evidenceFolder({ "t.json": aTrace() });
  return (await evidencePack(files, { traces: ["t.json"] }, { key: signer })).pack.bytes;
}

async function attached(): Promise<Bytes> {
  const files = await evidenceFolder({ "t.json": await signedTrace(other) }, other);
  return (await evidencePack(files, { traces: ["t.json"] }, { key, attach: true })).pack.bytes;
}

const verify = (bytes: Bytes, options: Partial<VerifyEvidenceOptions> = {}) =>
  verifyEvidencePack(bytes, { trusted: NO_KEYS, requireSignature: false, ...options });

const codes = async (bytes: Bytes, options: Partial<VerifyEvidenceOptions> = {}) => {
  const report = await verify(bytes, options);
  assert.equal(report.ok, report.findings.length === 0 && report.signature.status !== "failed");
  return report.findings.map(({ code }) => code);
};

Deno.test("an evidence pack verifies, signed or not, and says which", async () => {
  const unsigned = await verify(await sample());
  assert.deepEqual([unsigned.ok, unsigned.signature.status], [true, "missing"]);
  const signed = await verify(await sample(key), { trusted: flag(key), requireSignature: true });
  assert.deepEqual([signed.ok, signed.signature.status, signed.filesChecked], [true, "verified", 5]);
});

Deno.test("attack 4: bytes around an evidence pack are tolerated, and told", async () => {
  const around = new Uint8Array([...utf8("ab"), ...await sample(key), ...utf8("xyz")]);
  const { ok, warnings } = await verify(around);
  assert.deepEqual([ok, warnings], [true, [
    "2 bytes stand before the archive",
    "3 bytes stand after the archive",
  ]]);
});

Deno.test("a manifest of nothing, or of another kind, is refused", async () => {
  const only = (manifest: JsonObject) => repack(new Map([["pack_manifest.json", canonicalBytes(manifest)]]));
  const head = { schema_id: "gait.guard.pack_manifest", schema_version: "1.0.0", run_id: "r" };
  for (
    const manifest of [
      {},
      { ...head, schema_id: "gait.pack.manifest" },
      { ...head, schema_version: "2.0.0" },
      { ...head, schema_version: "" },
    ]
  ) await assert.rejects(verify(await only(manifest)), { code: "invalid_input" });
  const report = await verify(await only(head));
  assert.equal(report.ok, false);
  assert.ok(report.findings.some(({ code }) => code === "nothing_declared"));
});

Deno.test("attack 5: entries that are added, missing or changed fail, whatever the profile", async () => {
  const entries = await unpack(await sample(key));
  const added = await verify(await repack(new Map([...entries, ["extra.json", utf8("{}")]])), {
    trusted: flag(key),
  });
  assert.deepEqual([added.ok, added.undeclaredFiles, added.signature.status], [
    false,
    ["extra.json"],
    "verified",
  ]);
  const missing = await verify(
    await repack(new Map([...entries].filter(([name]) => name !== "trace_summary.json"))),
  );
  assert.deepEqual([missing.ok, missing.missingFiles], [false, ["trace_summary.json"]]);
  const changed = await verify(await repack(new Map([...entries, ["trace_summary.json", utf8("{}")]])));
  assert.deepEqual([changed.ok, changed.hashMismatches.map(({ path }) => path)], [false, [
    "trace_summary.json",
  ]]);
});

Deno.test("attack 3, 4: doubled names and headers that differ are refused", async () => {
  const entries = [...await unpack(await sample())].map(([name, content]) => ({ name, content }));
  for (const name of ["trace_summary.json", " trace_summary.json", "TRACE_SUMMARY.JSON"]) {
    await assert.rejects(verify(buildZip([...entries, { name, content: "{}" }])), {
      code: "verification_failed",
    });
  }
  const lied = entries.map((entry) =>
    entry.name === "trace_summary.json" ? { ...entry, local: { name: "trace_summarY.json" } } : entry
  );
  await assert.rejects(verify(buildZip(lied)), { code: "verification_failed" });
});

Deno.test("a path that is declared twice, and a pack id of other contents, are refused", async () => {
  const bytes = await sample();
  const twice = await forgeEvidence(bytes, {}, (manifest) => {
    const contents = manifest.contents as JsonObject[];
    return { ...manifest, contents: [...contents, contents[0]!] };
  });
  assert.deepEqual(await codes(twice), ["path_declared_twice", "pack_id_differs"]);
  const renamed = await forgeEvidence(bytes, {}, (manifest) => ({ ...manifest, run_id: "run_other" }));
  assert.deepEqual(await codes(renamed), ["pack_id_differs"]);
  const forged = await forgeEvidence(
    bytes,
    {},
    (manifest) => ({ ...manifest, pack_id: "pack_0000000000000000" }),
  );
  assert.deepEqual(await codes(forged), ["pack_id_differs"]);
});

Deno.test("an index that says something else than the manifest is refused", async () => {
  const bytes = await sample();
  assert.deepEqual(await codes(await forgeEvidence(bytes, { "control_index.json": utf8("[]") })), [
    "index_differs",
  ]);
  const pointers = await forgeEvidence(bytes, { "evidence_pointers.json": utf8("no json") });
  assert.deepEqual(await codes(pointers), ["index_differs"]);
  const without = await forgeEvidence(bytes, {
    "control_index.json": undefined,
    "evidence_pointers.json": undefined,
  });
  assert.deepEqual(await codes(without), ["index_differs", "index_differs"]);
  // The pointers still name the digest of the summary before it was changed.
  assert.deepEqual(await codes(await forgeEvidence(bytes, { "trace_summary.json": utf8("{}") })), [
    "pointer_differs",
  ]);
});

Deno.test("attack 26: a stripped signature fails where a key is given", async () => {
  const stripped = await forgeEvidence(await sample(key), {});
  assert.equal((await verify(stripped, { trusted: store(key) })).warnings.length, 1);
  assert.deepEqual((await verify(await sample(key), { trusted: store(key) })).warnings, []);
  const report = await verify(stripped, { trusted: flag(key) });
  assert.deepEqual([report.ok, report.signature.status, report.signature.errors.length], [
    false,
    "missing",
    1,
  ]);
  assert.equal(
    (await verify(stripped, { trusted: store(key) })).ok,
    true,
    "the trust folder demands nothing",
  );
  assert.equal((await verify(stripped, { trusted: store(key), requireSignature: true })).ok, false);
});

Deno.test("attack 28: a signature by another key is none", async () => {
  const bytes = await sample(other);
  const report = await verify(bytes, { trusted: flag(key) });
  assert.deepEqual([report.ok, report.signature.status], [false, "failed"]);
  const skipped = await verify(bytes, { trusted: store(key), requireSignature: true });
  assert.deepEqual([skipped.ok, skipped.signature.status], [false, "skipped"]);
});

Deno.test("a bit of a signed pack that is changed is noticed, or changes no content", async () => {
  const bytes = await sample(key);
  const contents = await unpack(bytes);
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = bytes.slice();
    changed[at]! ^= 1 << (at % 8);
    const ok = await verify(changed, { trusted: flag(key) }).then((report) => report.ok, () => false);
    // Times and version fields of the archive may differ (docs/threat_model.md 7).
    if (ok) assert.deepEqual(await unpack(changed), contents, `byte ${at}`);
  }
});

Deno.test("attached originals are checked with the trust folder beside the key of the pack", async () => {
  const bytes = await attached();
  const known = { trusted: flag(key), originalKeys: store(other), strict: true };
  const report = await verify(bytes, known);
  assert.equal(report.ok, true, JSON.stringify(report.findings));
  assert.deepEqual(report.originals, [
    { path: "original_runpack.zip", status: "verified" },
    { path: "original_trace_01.json", status: "verified" },
  ]);
  assert.deepEqual(await codes(bytes, { trusted: flag(key) }), []);
  assert.deepEqual(await codes(bytes, { trusted: flag(key), strict: true }), [
    "original_not_verified",
    "original_not_verified",
  ]);
});

Deno.test("originals that were changed, are of another run, or are not what was summed up, are refused", async () => {
  const bytes = await attached();
  const keys = { originalKeys: store(other) };
  const changed = { ...await signedTrace(other), verdict: "block" };
  const trace = await forgeEvidence(bytes, { "original_trace_01.json": canonicalBytes(changed) });
  const found = await codes(trace, keys);
  assert.ok(found.includes("original_signature_failed") && found.includes("original_differs"), `${found}`);
  const foreign = (await packSample((run) => run.run.run_id = "run_foreign", other)).bytes;
  assert.ok(
    (await codes(await forgeEvidence(bytes, { "original_runpack.zip": foreign }), keys)).includes(
      "original_differs",
    ),
  );
  for (const content of [utf8("no zip"), utf8("")]) {
    const broken = await forgeEvidence(bytes, { "original_runpack.zip": content });
    assert.ok((await codes(broken, keys)).includes("original_unreadable"));
  }
  const gone = await forgeEvidence(bytes, { "original_runpack.zip": undefined });
  assert.ok((await codes(gone, keys)).includes("original_unreadable"));
});
