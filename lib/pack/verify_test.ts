import assert from "node:assert/strict";
import {
  canonicalBytes,
  type JsonObject,
  readJsonLines,
  readJsonObject,
  writeJsonLines,
} from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { sha256 } from "../signing/mod.ts";
import {
  archiveOf,
  forge,
  JOB_STATE,
  jobPackSample,
  runPackSample,
  swap,
} from "../../tests/support/sample_packs.ts";
import { packSample, repack, testKey, unpack } from "../../tests/support/sample_run.ts";
import { verifyPack } from "./verify.ts";

const FAILED = { code: "verification_failed" };
const codes = async (pack: Uint8Array<ArrayBuffer>) =>
  (await verifyPack(pack)).findings.map(({ code }) => code);

Deno.test("verifyPack() accepts what a build makes, signed and unsigned, in every type", async () => {
  const key = await testKey(1);
  const trusted = { source: "flag", key: key.public } as const;
  for (const make of [runPackSample, jobPackSample]) {
    const plain = await verifyPack(await make());
    assert.equal(plain.ok, true);
    assert.deepEqual(plain.findings, []);
    assert.equal(plain.signature.status, "missing");
    assert.equal(plain.proofRecords, plain.filesChecked - 1);
    const signed = await verifyPack(await make(key), { trusted, requireSignature: true, strict: true });
    assert.equal(signed.ok, true);
    assert.equal(signed.signature.status, "verified");
    for (const requireSignature of [false, true]) {
      const { ok, signature } = await verifyPack(await make(key), { requireSignature });
      assert.deepEqual([ok, signature.status], [!requireSignature, "skipped"]);
      assert.deepEqual(signature.errors, ["public key not configured"]);
    }
  }
});

Deno.test("verifyPack() names missing, changed and undeclared entries", async () => {
  const pack = await runPackSample();
  const report = await verifyPack(
    await swap(pack, { [PACK_ENTRY.envelope]: undefined, [PACK_ENTRY.runPayload]: "{}", "notes.txt": "hi" }),
  );
  assert.equal(report.ok, false);
  assert.deepEqual(report.missingFiles, [PACK_ENTRY.envelope]);
  assert.deepEqual(report.hashMismatches.map(({ path }) => path), [PACK_ENTRY.runPayload]);
  assert.deepEqual(report.undeclaredFiles, ["notes.txt"]);
});

Deno.test("verifyPack() opens the runpack inside, also when every digest of the pack holds", async () => {
  const pack = await runPackSample();
  const { bytes } = await packSample();
  const damaged = new Map(await unpack(bytes));
  damaged.set("results.jsonl", utf8('{"status":"ok"}\n'));
  const empty = await archiveOf(new Map([["other.txt", utf8("x")]]));
  for (
    const [source, code] of [
      [await repack(damaged), "source_runpack_damaged"],
      [utf8("garbage"), "source_runpack_unreadable"],
      [empty, "source_runpack_unreadable"],
      [(await packSample((run) => run.run.run_id = "run_other")).bytes, "payload_contradicts_source"],
      [(await packSample((run) => run.results.pop())).bytes, "payload_contradicts_source"],
    ] as const
  ) {
    const report = await verifyPack(
      await forge(pack, { [PACK_ENTRY.runpack]: source as Uint8Array<ArrayBuffer> }),
    );
    assert.equal(report.ok, false, code);
    assert.equal(report.hashMismatches.length, 0);
    assert.ok(report.findings.some((finding) => finding.code === code), code);
  }
});

Deno.test("verifyPack() compares the payload with the runpack inside, member by member", async () => {
  const pack = await runPackSample();
  const payload = readJsonObject((await unpack(pack)).get(PACK_ENTRY.runPayload)!, { what: "payload" });
  const other = (member: JsonObject) =>
    forge(pack, { [PACK_ENTRY.runPayload]: canonicalBytes({ ...payload, ...member }) });
  for (
    const member of [
      { intents_count: 4 },
      { results_count: 0 },
      { refs_count: 9 },
      { manifest_digest: "ab".repeat(32) },
      { capture_mode: "reference" },
      { context_set_digest: "ab".repeat(32) },
      { context_ref_count: 1 },
      { context_evidence_mode: "required" },
    ]
  ) {
    assert.ok(
      (await codes(await other(member))).includes("payload_contradicts_source"),
      JSON.stringify(member),
    );
  }
  // Other producers put the digest of the file there; both say which runpack it is.
  const source = (await unpack(pack)).get(PACK_ENTRY.runpack)! as Uint8Array<ArrayBuffer>;
  const foreign = await other({ manifest_digest: (await sha256(source)).toUpperCase() });
  assert.ok(!(await codes(foreign)).includes("payload_contradicts_source"));
});

Deno.test("verifyPack() compares the context envelope with the receipts of the runpack inside", async () => {
  const pack = await runPackSample();
  const envelope = readJsonObject((await unpack(pack)).get(PACK_ENTRY.envelope)!, { what: "envelope" });
  const { context_set_digest: _, ...rest } = envelope;
  for (
    const [content, code] of [
      [canonicalBytes({ ...rest, records: [] }), "context_envelope_contradicts"],
      [canonicalBytes({ ...envelope, records: [] }), "context_envelope_invalid"],
      ["{}", "context_envelope_invalid"],
      [undefined, "context_envelope_missing"],
    ] as const
  ) {
    assert.ok((await codes(await forge(pack, { [PACK_ENTRY.envelope]: content }))).includes(code), code);
  }
});

Deno.test("verifyPack() refuses payloads that break the contract of a run pack", async () => {
  const pack = await runPackSample();
  const payload = readJsonObject((await unpack(pack)).get(PACK_ENTRY.runPayload)!, { what: "payload" });
  for (
    const member of [
      { schema_id: "gait.pack.job" },
      { schema_version: "1.0.1" },
      { created_at: "0001-01-01T00:00:00Z" },
      { created_at: "yesterday" },
      { run_id: "" },
      { run_id: "run_other" },
      { capture_mode: "Raw" },
      { manifest_digest: "abc" },
      { intents_count: -1 },
      { intents_count: 1.5 },
      { intents_count: "3" },
      { context_set_digest: "abc" },
      { context_evidence_mode: "REQUIRED" },
      { context_ref_count: -1 },
      { extra: true },
    ]
  ) {
    const forged = await forge(pack, { [PACK_ENTRY.runPayload]: canonicalBytes({ ...payload, ...member }) });
    await assert.rejects(verifyPack(forged), FAILED, JSON.stringify(member));
  }
  for (
    const text of ["", "[]", "{", '{"run_id":"a","run_id":"run_sample"}', JSON.stringify(payload) + " {}"]
  ) {
    await assert.rejects(verifyPack(await forge(pack, { [PACK_ENTRY.runPayload]: text })), FAILED, text);
  }
  await assert.rejects(verifyPack(await forge(pack, { [PACK_ENTRY.runPayload]: undefined })), FAILED);
  await assert.rejects(verifyPack(await forge(pack, { [PACK_ENTRY.runpack]: undefined })), FAILED);
});

Deno.test("verifyPack() refuses job packs whose parts disagree", async () => {
  const pack = await jobPackSample();
  const read = async (path: string) => readJsonObject((await unpack(pack)).get(path)!, { what: path });
  const payload = await read(PACK_ENTRY.jobPayload);
  const state = await read(PACK_ENTRY.jobState);
  const event = { job_id: JOB_STATE.job_id, type: "x", created_at: "2026-01-01T00:00:00Z", revision: 1 };
  const broken: Record<string, Uint8Array<ArrayBuffer>>[] = [
    ...[
      { job_id: "job_2" },
      { status: "fine" },
      { checkpoint_count: 0 },
      { approval_count: 2 },
      { environment_fingerprint: " " },
      { safety_invariant_version: "1", safety_invariant_hash: "x" },
    ].map((member) => ({ [PACK_ENTRY.jobPayload]: canonicalBytes({ ...payload, ...member }) })),
    ...[{ job_id: "job_2" }, { status: "" }, { stop_reason: "" }, { extra: 1 }, { checkpoints: [{ x: 1 }] }]
      .map((
        member,
      ) => ({ [PACK_ENTRY.jobState]: canonicalBytes({ ...state, ...member }) })),
    ...[{ job_id: "job_2" }, { revision: 1.5 }, { extra: 1 }, { payload: [] }].map((member) => ({
      [PACK_ENTRY.jobEvents]: writeJsonLines([{ ...event, ...member }]),
    })),
    { [PACK_ENTRY.jobEvents]: utf8("{}\n{") },
  ];
  for (const changes of broken) {
    await assert.rejects(
      verifyPack(await forge(pack, changes)),
      FAILED,
      JSON.stringify(Object.values(changes)),
    );
  }
  for (const path of [PACK_ENTRY.jobPayload, PACK_ENTRY.jobState, PACK_ENTRY.jobEvents]) {
    await assert.rejects(verifyPack(await forge(pack, { [path]: undefined })), FAILED, path);
  }
});

Deno.test("verifyPack() refuses manifests that break their contract", async () => {
  const pack = await runPackSample();
  const manifest = readJsonObject((await unpack(pack)).get(PACK_ENTRY.manifest)!, { what: "manifest" });
  const rows = manifest.contents as JsonObject[];
  for (
    const member of [
      { schema_version: "2.0.0" },
      { pack_type: "video" },
      { pack_type: "RUN" },
      { source_ref: " " },
      { created_at: "0001-01-01T00:00:00Z" },
      { producer_version: "" },
      { pack_id: "abc" },
      { contents: null },
      { contents: [{ ...rows[0], path: "" }] },
      { contents: [{ ...rows[0], sha256: "x" }] },
      { contents: [{ ...rows[0], type: " " }] },
      { contents: [{ ...rows[0], more: 1 }] },
      { more: 1 },
      { signatures: [{ alg: "ed25519", key_id: "", sig: "x" }] },
      { signatures: [{ alg: "ed25519", key_id: "x", sig: "x", signed_digest: "x" }] },
    ] as JsonObject[]
  ) {
    const changed = await swap(pack, { [PACK_ENTRY.manifest]: canonicalBytes({ ...manifest, ...member }) });
    await assert.rejects(verifyPack(changed), FAILED, JSON.stringify(member));
  }
  for (
    const text of [
      "{",
      "[]",
      JSON.stringify(manifest) + "{}",
      JSON.stringify(manifest).replace("{", '{"pack_id":"",'),
    ]
  ) {
    await assert.rejects(verifyPack(await swap(pack, { [PACK_ENTRY.manifest]: text })), FAILED);
  }
  await assert.rejects(verifyPack(await swap(pack, { [PACK_ENTRY.manifest]: undefined })), {
    code: "invalid_input",
  });
  const renamed = await swap(pack, {
    [PACK_ENTRY.manifest]: canonicalBytes({ ...manifest, source_ref: "run_x" }),
  });
  await assert.rejects(verifyPack(renamed), { ...FAILED, detail: "pack_id_mismatch" });
});

Deno.test("verifyPack() walks proof records to the first that is wrong", async () => {
  const pack = await runPackSample();
  const lines = [...readJsonLines((await unpack(pack)).get(PACK_ENTRY.proof)!, "proof")].map(({ value }) =>
    value as JsonObject
  );
  const [first, second] = lines as [JsonObject, JsonObject];
  const without = (record: JsonObject, name: string) => {
    const { [name]: _, ...rest } = record;
    return rest;
  };
  for (
    const records of [
      [second],
      [first, first],
      [{ ...first, source: "else" }, second],
      [{ ...first, record_type: "invention" }],
      [{ ...first, agent_id: null }],
      [{ ...first, metadata: [] }],
      [without(first, "controls")],
      [without(first, "integrity")],
      [without(first, "event")],
      [{ ...first, controls: { permissions_enforced: "no" } }],
      [{ ...first, integrity: { ...first.integrity as JsonObject, previous_record_hash: "" } }],
      [{ ...first, integrity: { ...first.integrity as JsonObject, signature: "rsa:x" } }],
      [{ ...first, event: { amount: 9007199254740992 } }],
    ] as JsonObject[][]
  ) {
    const forged = await forge(pack, { [PACK_ENTRY.proof]: writeJsonLines(records) });
    await assert.rejects(verifyPack(forged), FAILED, JSON.stringify(records[0]));
  }
  const dressed = [{ ...first, unknown: 1 }, second, ...lines.slice(2)];
  assert.equal(
    (await verifyPack(await forge(pack, { [PACK_ENTRY.proof]: writeJsonLines(dressed) }))).ok,
    true,
  );
});

Deno.test("verifyPack() notes proof records that are absent or stale, and fails by them when it is strict", async () => {
  const key = await testKey(1);
  const pack = await runPackSample(key);
  const demands = {
    trusted: { source: "flag", key: key.public },
    requireSignature: true,
    strict: true,
  } as const;
  const envelope = readJsonObject((await unpack(pack)).get(PACK_ENTRY.envelope)!, { what: "envelope" });
  const stale = await forge(pack, { [PACK_ENTRY.envelope]: JSON.stringify(envelope, null, 1) }, { key });
  const empty = await forge(pack, { [PACK_ENTRY.proof]: "" }, { key });
  assert.equal((await verifyPack(stale)).ok, true);
  assert.deepEqual(await codes(stale), ["proof_record_contradicts"]);
  assert.equal((await verifyPack(stale, demands)).ok, false);
  assert.equal((await verifyPack(empty)).ok, true);
  assert.equal((await verifyPack(empty, demands)).ok, false);
  const absent = await forge(pack, { [PACK_ENTRY.proof]: undefined }, { key });
  // Packs of v1.2.3 look like this, and the signature says so.
  assert.equal((await verifyPack(absent, demands)).ok, true);
  assert.equal((await verifyPack(absent, { ...demands, requireProof: true })).ok, false);
});

Deno.test("verifyPack() demands signatures of proof records by the same key", async () => {
  const [key, rogue] = [await testKey(1), await testKey(2)];
  const trusted = { source: "flag", key: key.public } as const;
  const unsigned = await forge(await runPackSample(), {}, { key });
  assert.equal((await verifyPack(unsigned, { trusted })).signature.status, "verified");
  const report = await verifyPack(unsigned, { trusted, requireSignature: true });
  assert.equal(report.ok, false);
  assert.equal(report.signature.status, "failed");
  const other = await forge(await runPackSample(rogue), {}, { key });
  assert.equal((await verifyPack(other, { trusted, requireSignature: true })).ok, false);
});

Deno.test("verifyPack() notes rows that say something twice or something unusual", async () => {
  const pack = await runPackSample();
  const twice = await forge(pack, {}, {
    manifest: (manifest) => {
      const rows = manifest.contents as JsonObject[];
      manifest.contents = [...rows, rows[0]!];
    },
  });
  assert.equal((await verifyPack(twice)).ok, true);
  assert.deepEqual(await codes(twice), ["contents_path_repeated"]);
  assert.equal((await verifyPack(twice, { strict: true })).ok, false);
  const odd = await forge(pack, {}, {
    manifest: (manifest) => (manifest.contents as JsonObject[])[0]!.type = "poem",
  });
  assert.deepEqual(await codes(odd), ["contents_type_odd"]);
});

Deno.test("verifyPack() takes runpacks and evidence packs for what they are", async () => {
  const key = await testKey(1);
  const { bytes, manifestDigest } = await packSample(() => {}, key);
  const report = await verifyPack(bytes, {
    trusted: { source: "flag", key: key.public },
    requireSignature: true,
  });
  assert.equal(report.ok, true);
  assert.equal(report.legacyType, "runpack");
  assert.equal(report.packId, manifestDigest);
  assert.equal(
    (await verifyPack(bytes, { trusted: { source: "flag", key: (await testKey(2)).public } })).ok,
    false,
  );
  await assert.rejects(verifyPack(bytes, { requireProof: true }), { code: "invalid_input" });
  await assert.rejects(verifyPack(utf8("no archive")), { code: "invalid_input" });
});

Deno.test("verifyPack() accepts what was built of a run with so many receipts that their envelope is larger than 1 MiB", async () => {
  const pack = await runPackSample(undefined, (run) => {
    const [receipt] = run.refs.receipts;
    run.refs.receipts = Array.from({ length: 4000 }, (_, i) => ({ ...receipt, ref_id: `ref_${i}` }));
  });
  const report = await verifyPack(pack);
  assert.deepEqual([report.ok, report.findings], [true, []]);
});
