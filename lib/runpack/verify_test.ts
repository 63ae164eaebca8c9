import assert from "node:assert/strict";
import { byFlag, byStore, packSample, repack, testKey, unpack } from "../../tests/support/sample_run.ts";
import { utf8 } from "../formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { sha256, type TrustedKeys, withSignature } from "../signing/mod.ts";
import { manifestDigest } from "./manifest.ts";
import { readRunpack } from "./read.ts";
import { verifyRunpack } from "./verify.ts";

const INVALID = { code: "invalid_input" };
const [alice, eve] = await Promise.all([testKey(1), testKey(2)]);
const unsigned = await packSample();
const signed = await packSample(undefined, alice);

async function manifestOf(bytes: Uint8Array<ArrayBuffer>): Promise<JsonObject> {
  return readJsonObject((await unpack(bytes)).get("manifest.json")!, { what: "manifest" });
}

/** The pack with another manifest; `rehash` makes its digest right again, as a forger would. */
async function withManifest(
  bytes: Uint8Array<ArrayBuffer>,
  change: (manifest: JsonObject) => JsonObject | void,
  rehash = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const contents = await unpack(bytes);
  const manifest = await manifestOf(bytes);
  let changed = change(manifest) ?? manifest;
  if (rehash) changed = { ...changed, manifest_digest: await manifestDigest(changed) };
  return await repack(contents.set("manifest.json", canonicalBytes(changed)));
}

/** The pack with other intents, its manifest re-hashed. */
async function forge(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const contents = await unpack(bytes);
  contents.set("intents.jsonl", utf8(""));
  const empty = await sha256(utf8(""));
  return await withManifest(await repack(contents), (manifest) => {
    const files = manifest["files"] as JsonObject[];
    files.find((file) => file["path"] === "intents.jsonl")!["sha256"] = empty;
  }, true);
}

async function statusOf(bytes: Uint8Array<ArrayBuffer>, trusted: TrustedKeys, requireSignature = false) {
  const report = await verifyRunpack(bytes, { trusted, requireSignature });
  return [report.ok, report.signature.status];
}

Deno.test("verifyRunpack() proves an intact pack", async () => {
  const report = await verifyRunpack(unsigned.bytes);
  assert.equal(report.ok, true);
  assert.deepEqual(
    [
      report.runId,
      report.manifestDigest,
      report.filesChecked,
      report.missingFiles,
      report.hashMismatches,
      report.remarks,
    ],
    ["run_sample", unsigned.manifestDigest, 4, [], [], []],
  );
});

Deno.test("verifyRunpack() fails when any byte of any listed entry is changed", async () => {
  const contents = await unpack(unsigned.bytes);
  for (const [name, content] of contents) {
    if (name === "manifest.json") continue;
    for (let at = 0; at < content.length; at += 7) {
      const changed = content.slice();
      changed[at]! ^= 1;
      const report = await verifyRunpack(await repack(new Map(contents).set(name, changed)));
      assert.equal(report.ok, false, `${name} ${at}`);
      assert.deepEqual(report.hashMismatches.map((mismatch) => mismatch.path), [name]);
    }
    for (const changed of [content.slice(1), Uint8Array.from([...content, 0x0a]), new Uint8Array()]) {
      assert.equal((await verifyRunpack(await repack(new Map(contents).set(name, changed)))).ok, false);
    }
  }
});

Deno.test("verifyRunpack() fails when any byte of a signed manifest is changed and the key is known", async () => {
  const contents = await unpack(signed.bytes);
  const manifest = contents.get("manifest.json")!;
  // An empty key id is accepted (docs/spec/core.md 2.4), so the name of that member may be lost: no content hangs on it.
  const name = new TextDecoder().decode(manifest).indexOf('"key_id"');
  for (let at = 0; at < manifest.length; at++) {
    for (const mask of [0x01, 0x20]) {
      const changed = manifest.slice();
      changed[at]! ^= mask;
      const bytes = await repack(new Map(contents).set("manifest.json", changed));
      const proved = await verifyRunpack(bytes, { trusted: byFlag(alice.public), requireSignature: true })
        .then(
          (report) => report.ok,
          (error) => assert.ok(["invalid_input", "verification_failed"].includes(error.code), `${error}`),
        );
      const inName = at > name && at <= name + "key_id".length;
      if (!inName) assert.notEqual(proved, true, `byte ${at} ^ ${mask}`);
      const stored = await statusOf(bytes, byStore(alice.public), true).catch(() => [false]);
      assert.equal(stored[0], false, `byte ${at} ^ ${mask}, trust folder`);
    }
  }
});

Deno.test("verifyRunpack() fails when an entry is missing, renamed or not listed", async () => {
  for (const name of ["run.json", "intents.jsonl", "results.jsonl", "refs.json"]) {
    const without = await unpack(unsigned.bytes);
    const content = without.get(name)!;
    without.delete(name);
    assert.deepEqual((await verifyRunpack(await repack(without))).missingFiles, [name]);
    const renamed = await verifyRunpack(await repack(new Map(without).set(name.toUpperCase(), content)));
    assert.deepEqual([renamed.ok, renamed.missingFiles], [false, [name]]);
    const unlisted = await withManifest(unsigned.bytes, (manifest) => {
      manifest["files"] = (manifest["files"] as JsonObject[]).filter((file) => file["path"] !== name);
    }, true);
    const report = await verifyRunpack(unlisted);
    assert.deepEqual([report.ok, report.missingFiles], [false, [name]]);
  }
});

Deno.test("verifyRunpack() reports a path as often as the manifest lists it wrongly", async () => {
  const bytes = await withManifest(unsigned.bytes, (manifest) => {
    const files = manifest["files"] as JsonObject[];
    files.push({ path: "run.json", sha256: "00".repeat(32) }, { path: "gone", sha256: "" }, {
      path: "gone",
      sha256: "",
    });
  }, true);
  const report = await verifyRunpack(bytes);
  assert.equal(report.ok, false);
  assert.deepEqual(report.missingFiles, ["gone", "gone"]);
  assert.deepEqual(report.hashMismatches.map(({ path, expected }) => [path, expected]), [[
    "run.json",
    "00".repeat(32),
  ]]);
});

Deno.test("verifyRunpack() says what it does not vouch for when there are entries beside the listed ones", async () => {
  const contents = await unpack(unsigned.bytes);
  const report = await verifyRunpack(await repack(contents.set("evil.txt", utf8("x"))));
  assert.equal(report.ok, true);
  assert.deepEqual([report.remarks.length, report.undeclaredFiles], [1, ["evil.txt"]]);
});

Deno.test("verifyRunpack() fails where a signature is demanded and there are entries that it does not cover", async () => {
  const trusted = byFlag(alice.public);
  const contents = await unpack(signed.bytes);
  const extra = await repack(contents.set("evil.txt", utf8("x")));
  const demanded = await verifyRunpack(extra, { trusted, requireSignature: true });
  assert.deepEqual([demanded.ok, demanded.undeclaredFiles], [false, ["evil.txt"]]);
  assert.equal((await verifyRunpack(extra, { trusted })).ok, true);
  assert.equal((await verifyRunpack(signed.bytes, { trusted, requireSignature: true })).ok, true);
});

Deno.test("verifyRunpack() compares hex without regard to case", async () => {
  const upper = (text: unknown) => String(text).toUpperCase();
  const files = await withManifest(unsigned.bytes, (manifest) => {
    for (const file of manifest["files"] as JsonObject[]) file["sha256"] = upper(file["sha256"]);
  }, true);
  assert.equal((await verifyRunpack(files)).ok, true);
  const digest = await withManifest(unsigned.bytes, (manifest) => {
    manifest["manifest_digest"] = upper(manifest["manifest_digest"]);
  });
  assert.equal((await verifyRunpack(digest)).ok, true);
});

Deno.test("verifyRunpack() reports a wrong manifest digest as a mismatch of manifest.json", async () => {
  for (
    const change of [{ run_id: "run_other" }, { capture_mode: "reference" }, { extra: 1 }, {
      manifest_digest: "",
    }]
  ) {
    const report = await verifyRunpack(
      await withManifest(unsigned.bytes, (manifest) => ({ ...manifest, ...change })),
    );
    assert.deepEqual([report.ok, report.hashMismatches.map((one) => one.path)], [false, ["manifest.json"]]);
  }
});

Deno.test("verifyRunpack() refuses a manifest that is none", async () => {
  const bad: ((manifest: JsonObject) => JsonObject)[] = [
    (manifest) => ({ ...manifest, schema_id: "gait.runpack.run" }),
    (manifest) => ({ ...manifest, schema_version: "1.0.1" }),
    (manifest) => ({ ...manifest, schema_version: "" }),
    (manifest) => ({ ...manifest, run_id: "" }),
    (manifest) => ({ ...manifest, run_id: 1 }),
    (manifest) => ({ ...manifest, files: {} }),
    (manifest) => ({ ...manifest, signatures: [[]] }),
    () => ({}),
  ];
  for (const change of bad) {
    await assert.rejects(verifyRunpack(await withManifest(unsigned.bytes, change)), INVALID);
  }
  const contents = await unpack(unsigned.bytes);
  for (const text of ["", "[]", "null", "{", "\ufeff{}"]) {
    await assert.rejects(
      verifyRunpack(await repack(new Map(contents).set("manifest.json", utf8(text)))),
      INVALID,
    );
  }
  contents.delete("manifest.json");
  await assert.rejects(verifyRunpack(await repack(contents)), INVALID);
});

Deno.test("verifyRunpack() refuses a manifest in which a key occurs twice", async () => {
  const contents = await unpack(unsigned.bytes);
  const text = new TextDecoder().decode(contents.get("manifest.json"));
  for (
    const twice of [text.replace("{", '{"run_id":"run_x",'), text.replace('"path"', '"path":"x","path"')]
  ) {
    await assert.rejects(verifyRunpack(await repack(new Map(contents).set("manifest.json", utf8(twice)))), {
      code: "verification_failed",
      detail: "duplicate_json_key",
    });
  }
});

Deno.test("verifyRunpack() distinguishes unsigned, skipped, verified and failed", async () => {
  const none: TrustedKeys = { source: "none" };
  assert.deepEqual(await statusOf(unsigned.bytes, none), [true, "missing"]);
  assert.deepEqual(await statusOf(unsigned.bytes, byFlag(alice.public)), [true, "missing"]);
  assert.deepEqual(await statusOf(signed.bytes, none), [true, "skipped"]);
  assert.deepEqual(await statusOf(signed.bytes, byStore(eve.public)), [true, "skipped"]);
  assert.deepEqual(await statusOf(signed.bytes, byFlag(alice.public)), [true, "verified"]);
  assert.deepEqual(await statusOf(signed.bytes, byStore(alice.public)), [true, "verified"]);
  assert.deepEqual(await statusOf(signed.bytes, byFlag(eve.public)), [false, "failed"]);
});

Deno.test("verifyRunpack() accepts nothing but verified when a signature is required", async () => {
  const none: TrustedKeys = { source: "none" };
  assert.deepEqual(await statusOf(unsigned.bytes, none, true), [false, "missing"]);
  assert.deepEqual(await statusOf(unsigned.bytes, byFlag(alice.public), true), [false, "missing"]);
  assert.deepEqual(await statusOf(signed.bytes, none, true), [false, "skipped"]);
  assert.deepEqual(await statusOf(signed.bytes, byStore(eve.public), true), [false, "skipped"]);
  assert.deepEqual(await statusOf(signed.bytes, byFlag(eve.public), true), [false, "failed"]);
  assert.deepEqual(await statusOf(signed.bytes, byFlag(alice.public), true), [true, "verified"]);
  assert.deepEqual((await verifyRunpack(unsigned.bytes, { requireSignature: true })).signature.errors, [
    "manifest has no signatures",
  ]);
});

Deno.test("verifyRunpack() never trusts a key that only the pack itself names", async () => {
  const contents = await unpack(unsigned.bytes);
  const byEve = await withSignature(await manifestOf(unsigned.bytes), eve);
  const bytes = await repack(contents.set("manifest.json", canonicalBytes({ ...byEve, public_key: "x" })));
  for (const trusted of [{ source: "none" } as const, byStore(alice.public), byFlag(alice.public)]) {
    const report = await verifyRunpack(bytes, { trusted, requireSignature: true });
    assert.equal(report.ok, false);
    assert.notEqual(report.signature.status, "verified");
  }
});

Deno.test("verifyRunpack() sees through a forged pack whose digests were made right again", async () => {
  const forged = await forge(signed.bytes);
  assert.deepEqual(await statusOf(forged, byFlag(alice.public)), [false, "failed"]);
  assert.deepEqual(await statusOf(forged, byStore(alice.public)), [false, "failed"]);
  assert.deepEqual((await verifyRunpack(forged, { trusted: byFlag(alice.public) })).signature.errors, [
    "signed_digest mismatch",
  ]);
});

Deno.test("verifyRunpack() fails when the signature is removed, emptied or of another kind, if one is required", async () => {
  type Change = (signature: JsonObject) => JsonObject[];
  const changes: Change[] = [
    () => [],
    (signature) => [{ ...signature, sig: "" }],
    (signature) => [{ ...signature, alg: "none" }],
    (signature) => [{ ...signature, alg: "HS256" }],
    (signature) => [{ ...signature, alg: "Ed25519ph" }],
    (signature) => [{ ...signature, signed_digest: "" }],
    (signature) => [{ ...signature, key_id: eve.public.id }],
    () => [{}],
  ];
  for (const change of changes) {
    const bytes = await withManifest(signed.bytes, (manifest) => {
      const [signature] = manifest["signatures"] as JsonObject[];
      manifest["signatures"] = change(signature!);
    });
    for (const trusted of [byFlag(alice.public), byStore(alice.public)]) {
      assert.equal((await verifyRunpack(bytes, { trusted, requireSignature: true })).ok, false);
    }
  }
});

Deno.test("verifyRunpack() covers members that nobody knows", async () => {
  const bytes = await withManifest(signed.bytes, (manifest) => ({ ...manifest, injected: true }), true);
  assert.deepEqual(await statusOf(bytes, byFlag(alice.public)), [false, "failed"]);
});

Deno.test("readRunpack() gives the records of an intact pack and refuses any other", async () => {
  const pack = await readRunpack(signed.bytes);
  assert.deepEqual(pack.intents.map((intent) => intent.intent_id), ["i1", "i2", "i3"]);
  assert.deepEqual(pack.refs.receipts.map((receipt) => receipt.ref_id), ["ref_1", "ref_2", "ref_3", "ref_4"]);
  const contents = await unpack(signed.bytes);
  for (const name of contents.keys()) {
    const changed = contents.get(name)!.slice();
    changed[20]! ^= 1;
    await assert.rejects(readRunpack(await repack(new Map(contents).set(name, changed))), INVALID);
    const without = new Map(contents);
    without.delete(name);
    await assert.rejects(readRunpack(await repack(without)), INVALID);
  }
});
