import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeZip } from "../formats/zip/write.ts";
import { openZip } from "../formats/zip/mod.ts";
import { equalBytes, utf8 } from "../formats/bytes.ts";
import { canonicalBytes, type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { sha256, STREAM_BYTES } from "../signing/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { buildZip } from "../../tests/support/zip_builder.ts";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import {
  forge,
  JOB_EVENTS,
  JOB_STATE,
  jobPackSample,
  runPackSample,
} from "../../tests/support/sample_packs.ts";
import { packSample, repack, testKey, unpack } from "../../tests/support/sample_run.ts";
import { FIXED_CONTEXT } from "../runpack/demo.ts";
import { manifestDigest } from "../runpack/manifest.ts";
import { readRunpack } from "../runpack/read.ts";
import { recordRun } from "../runpack/record.ts";
import { readRecordInput } from "../runpack/record_input.ts";
import { type BuildOptions, buildPack } from "./build.ts";
import { buildRunPack } from "./build_run.ts";
import { readSide } from "./diff.ts";
import { sealPack } from "./seal.ts";
import { verifyPack } from "./verify.ts";

async function build(
  files: Record<string, string | Uint8Array>,
  { source, ...options }: BuildOptions & { readonly source: string },
) {
  const effects = fakeEffects({ files: memoryFiles(files), env: { SHELL: "/bin/sh" } });
  return { built: await buildPack(source, { jobRoot: "jobs", ...options }, effects, "1.0.0"), effects };
}

Deno.test("buildRunPack() gives the same bytes whatever the order and compression of the source", async () => {
  const { bytes } = await packSample();
  const pack = (await buildRunPack(bytes, "1.0.0")).pack.bytes;
  const contents = [...await unpack(bytes)];
  const stored = buildZip(contents.toReversed().map(([name, content]) => ({ name, content })));
  assert.ok(equalBytes((await buildRunPack(stored, "1.0.0")).pack.bytes, pack));
  const key = await testKey(1);
  const signed = (await buildRunPack(bytes, "1.0.0", key)).pack;
  assert.ok(equalBytes((await buildRunPack(stored, "1.0.0", key)).pack.bytes, signed.bytes));
  assert.notEqual(signed.packId, (await buildRunPack(bytes, "1.0.1", key)).pack.packId);
});

Deno.test("buildRunPack() keeps unlisted files and modes of the source, but no folders", async () => {
  const { bytes } = await packSample();
  const entries = [...await unpack(bytes)].map(([name, content]) => ({ name, content }));
  const source = buildZip([
    ...entries,
    { name: "tools/run.sh", content: "#!/bin/sh\n", attributes: 0o100755 * 0x10000 },
    { name: "tools/" },
  ]);
  const { pack } = await buildRunPack(source, "1.0.0");
  const inner = openZip(await openZip(pack.bytes).read(PACK_ENTRY.runpack));
  assert.equal(inner.modeOf("tools/run.sh"), 0o755);
  assert.equal(inner.modeOf("run.json"), 0o644);
  assert.equal(inner.has("tools/"), false);
  assert.ok(inner.names.every((name) => inner.isCanonical(name)));
});

Deno.test("buildRunPack() packs a run whose entries are read as streams, and the pack verifies", async () => {
  // Text that hardly compresses, so that the runpack inside the pack is hashed as a stream, too.
  const noise = Array.from(
    { length: 300_000 },
    (_, i) => createHash("sha256").update(`${i}`).digest("base64"),
  );
  const intents = Array.from({ length: 100 }, (_, i) => ({
    intent_id: `i${i}`,
    tool_name: "fs.write",
    args: { text: noise.slice(i * 3000, (i + 1) * 3000).join("") },
  }));
  const run = { run_id: "run_large", created_at: "2026-01-01T00:00:00Z" };
  const results = [{ intent_id: "i1", status: "ok", result: { rows: 1 } }];
  const input = readRecordInput(utf8(JSON.stringify({ run, intents, results })));
  const { bytes } = await recordRun(input, FIXED_CONTEXT);
  const before = await sha256(bytes);
  const { pack, payload } = await buildRunPack(bytes, "1.0.0");
  assert.equal(payload.intents_count, 100);
  const archive = openZip(pack.bytes);
  assert.ok(openZip(bytes).sizeOf("intents.jsonl")! > STREAM_BYTES);
  assert.ok(archive.sizeOf(PACK_ENTRY.runpack)! > STREAM_BYTES);
  // The same content was written by the same writer.
  assert.ok(equalBytes(await archive.read(PACK_ENTRY.runpack), bytes));
  assert.equal((await verifyPack(pack.bytes)).ok, true);
  assert.equal((await readSide(pack.bytes)).packId, pack.packId);
  assert.equal((await readRunpack(bytes)).intents.length, 100);
  assert.equal(await sha256(bytes), before);
});

Deno.test("buildRunPack() refuses receipts that make no envelope, and numbers that would change", async () => {
  // deno-lint-ignore no-explicit-any -- the shape is broken on purpose
  const refused = async (change: (run: any) => void) => {
    const { bytes } = await packSample(change);
    await assert.rejects(buildRunPack(bytes, "1.0.0"), { code: "invalid_input" });
  };
  await refused((run) => run.refs.context_set_digest = "ab".repeat(32));
  await refused((run) => run.refs.receipts[0].redaction_mode = " ");
  await refused((run) => run.refs.receipts[0].immutability = "solid");
  await refused((run) => run.refs.receipts[0].content_digest = "abc");
  const withLimit = async (limit: string) => {
    const contents = await unpack(
      (await packSample((run) => run.refs.receipts[0].retrieval_params = { limit: 77 })).bytes,
    );
    const text = new TextDecoder().decode(contents.get("refs.json")!);
    const refs = utf8(text.replace('"limit":77', `"limit":${limit}`));
    const manifest = readJsonObject(contents.get("manifest.json")!, { what: "manifest" });
    const digest = await sha256(refs);
    const files = (manifest.files as JsonObject[]).map((file) =>
      file.path === "refs.json" ? { ...file, sha256: digest } : file
    );
    const changed = { ...manifest, files };
    const whole = canonicalBytes({ ...changed, manifest_digest: await manifestDigest(changed) });
    return await repack(contents.set("refs.json", refs).set("manifest.json", whole));
  };
  assert.ok(await buildRunPack(await withLimit("9007199254740992"), "1.0.0"));
  await assert.rejects(buildRunPack(await withLimit("9007199254740993"), "1.0.0"), {
    code: "invalid_input",
    detail: "number_not_exact",
  });
});

Deno.test("buildPack() finds runpacks by path, id and session chain", async () => {
  const { bytes, runId, manifestDigest } = await packSample();
  const chain = (checkpoint: object = {}) =>
    JSON.stringify({
      schema_id: "gait.runpack.session_chain",
      schema_version: "1.0.0",
      session_id: "s",
      run_id: runId,
      checkpoints: [
        { checkpoint_index: 1, checkpoint_digest: "d1", runpack_path: "gone.zip" },
        {
          checkpoint_index: 2,
          checkpoint_digest: "d2",
          prev_checkpoint_digest: "d1",
          runpack_path: "cp2.zip",
          manifest_digest: manifestDigest,
          ...checkpoint,
        },
      ],
    });
  const files = {
    "deep/rp.zip": bytes,
    [`gait-out/runpack_${runId}.zip`]: bytes,
    "ses/cp2.zip": bytes,
    "ses/chain.json": chain(),
    "ses/torn.json": chain({ prev_checkpoint_digest: "dx" }),
    "ses/other.json": chain({ manifest_digest: "ab".repeat(32) }),
  };
  for (const [source, folder] of [["deep/rp.zip", "deep"], [runId, "gait-out"], ["ses/chain.json", "ses"]]) {
    const { built } = await build(files, { source: source! });
    assert.equal(built.path, `${folder}/pack_${built.pack.packId}.zip`);
    assert.equal(built.pack.sourceRef, runId);
  }
  for (const source of ["ses/torn.json", "ses/other.json", "gone.zip", "run_gone", "../deep/rp.zip", "."]) {
    await assert.rejects(build(files, { source }), { code: "invalid_input" }, source);
  }
});

const JOB = {
  "jobs/job_1/state.json": JSON.stringify(JOB_STATE),
  "jobs/job_1/events.jsonl": JOB_EVENTS.map((event) => JSON.stringify(event)).join("\n\n"),
};

Deno.test("buildPack() finds jobs by id, folder and state file", async () => {
  const ids = new Set<string>();
  for (const source of ["job_1", "jobs/job_1", "jobs/job_1/", "jobs/job_1/state.json"]) {
    const { built } = await build(JOB, { type: "job", source });
    ids.add(built.pack.packId);
    assert.equal(built.path, `gait-out/pack_${built.pack.packId}.zip`);
    assert.equal((await verifyPack(built.pack.bytes, { strict: true })).ok, true);
  }
  assert.equal(ids.size, 1);
  for (const source of ["job_2", "..", "jobs/job_1/events.jsonl"]) {
    await assert.rejects(build(JOB, { type: "job", source }), { code: "invalid_input" }, source);
  }
});

Deno.test("buildPack() fills in what older jobs lack, drops unknown members and keeps times", async () => {
  const old = { job_id: "job_1", created_at: "2026-01-01T01:00:00.500+01:00", revision: 1, unknown: true };
  const { built } = await build({ "jobs/job_1/state.json": JSON.stringify(old) }, {
    type: "job",
    source: "job_1",
  });
  const contents = await unpack(built.pack.bytes);
  const state = readJsonObject(contents.get(PACK_ENTRY.jobState)!, { what: "state" });
  const payload = readJsonObject(contents.get(PACK_ENTRY.jobPayload)!, { what: "payload" });
  assert.equal(state.status, "running");
  assert.equal(state.stop_reason, "none");
  assert.equal(state.unknown, undefined);
  assert.match(String(state.environment_fingerprint), /^envfp:[0-9a-f]{64}$/);
  assert.equal(state.created_at, "2026-01-01T01:00:00.5+01:00");
  assert.equal(payload.created_at, "2026-01-01T00:00:00.5Z");
  assert.equal(contents.get(PACK_ENTRY.jobEvents)!.length, 0);
  // The ledger of a job that is bound to an identity alone (docs/spec/job.md 2.4).
  const bound = await build(
    { "jobs/j/state.json": JSON.stringify({ job_id: "j", identity: "alice", revision: 1 }) },
    { type: "job", source: "j" },
  );
  const ledger = readJsonObject((await unpack(bound.built.pack.bytes)).get(PACK_ENTRY.jobState)!, {
    what: "state",
  });
  assert.equal(
    ledger.safety_invariant_hash,
    "cd3ea32a49ae78e7a7d5970ac28d89266422a320d761f169e39fad9268e4ce5d",
  );
});

Deno.test("buildPack() refuses a number in a job that would change under the signature", async () => {
  const event = JSON.stringify({ ...JOB_EVENTS[0], payload: { cents: 0 } }).replace(
    ":0}",
    ":9007199254740993}",
  );
  await assert.rejects(
    build({ ...JOB, "jobs/job_1/events.jsonl": event }, { type: "job", source: "job_1" }),
    {
      code: "invalid_input",
      detail: "number_not_exact",
    },
  );
});

Deno.test("buildPack() finishes or undoes a mutation of a job that a crash interrupted", async () => {
  const updated = { ...JOB_STATE, status: "running", revision: 4 };
  const event = { ...JOB_EVENTS[2], revision: 4, type: "resumed" };
  const marker = { job_id: "job_1", previous_state: JOB_STATE, updated_state: updated, event };
  const statusOf = async (files: Record<string, string>) => {
    const { built, effects } = await build(files, { type: "job", source: "job_1" });
    assert.equal(await effects.files.stat("jobs/job_1/pending_mutation.json"), undefined);
    return readJsonObject((await unpack(built.pack.bytes)).get(PACK_ENTRY.jobState)!, { what: "state" })
      .status;
  };
  const pending = { "jobs/job_1/pending_mutation.json": JSON.stringify(marker) };
  assert.equal(await statusOf({ ...JOB, ...pending }), "paused");
  const logged = JOB["jobs/job_1/events.jsonl"] + "\n" + JSON.stringify(event) + "\n";
  assert.equal(await statusOf({ ...JOB, ...pending, "jobs/job_1/events.jsonl": logged }), "running");
  const { revision: _, ...unnumbered } = event;
  for (const broken of [{ ...marker, job_id: "job_2" }, { ...marker, event: unnumbered }]) {
    const files = { ...JOB, "jobs/job_1/pending_mutation.json": JSON.stringify(broken) };
    await assert.rejects(build(files, { type: "job", source: "job_1" }), { code: "invalid_input" });
  }
});

Deno.test("buildPack() writes a recovered state as other implementations do, `<` escaped", async () => {
  const previous = { ...JOB_STATE, identity: "<mia>" };
  const marker = {
    job_id: "job_1",
    previous_state: previous,
    updated_state: JOB_STATE,
    event: JOB_EVENTS[2],
  };
  const files = { ...JOB, "jobs/job_1/pending_mutation.json": JSON.stringify(marker) };
  const undone = { ...files, "jobs/job_1/events.jsonl": JSON.stringify(JOB_EVENTS[0]) + "\n" };
  const { effects } = await build(undone, { type: "job", source: "job_1" });
  assert.deepEqual(await effects.files.read("jobs/job_1/state.json"), prettyJson(previous));
});

Deno.test("buildPack() packs an authorization with the evidence that it links", async () => {
  const bundle = {
    trace_id: " t1 ",
    policy_digest: "AB".repeat(32),
    intent_digest: "cd".repeat(32),
    trace_path: " sub\\trace.json\t",
    outcome_path: " ./outcome.txt ",
    outcome_status: "allow",
  };
  const files = {
    "auth/bundle.json": JSON.stringify(bundle),
    "auth/sub/trace.json": '{ "b": 1, "a": 2 }',
    "auth/outcome.txt": "done",
  };
  const { built } = await build(files, { type: "authorization", source: "auth/bundle.json" });
  assert.equal(built.pack.sourceRef, "t1");
  assert.equal(built.path, `auth/pack_${built.pack.packId}.zip`);
  assert.equal((await verifyPack(built.pack.bytes, { strict: true })).ok, true);
  const contents = await unpack(built.pack.bytes);
  assert.deepEqual(contents.get("evidence/sub/trace.json"), utf8('{ "b": 1, "a": 2 }'));
  for (
    const member of [
      { trace_id: "" },
      { policy_digest: "x" },
      { trace_path: "../trace.json" },
      { trace_path: "/etc/passwd" },
      { trace_path: "C:trace.json" },
      { trace_path: "\\\\server\\trace.json" },
      { trace_path: "sub/NUL.json" },
      { trace_digest: "ab".repeat(32) },
      { approval_audit_digest: "ab".repeat(32) },
      { outcome_status: "maybe" },
      { unknown: 1 },
      { sandbox: { status: "odd" } },
    ]
  ) {
    const broken = { ...files, "auth/bundle.json": JSON.stringify({ ...bundle, ...member }) };
    await assert.rejects(
      build(broken, { type: "authorization", source: "auth/bundle.json" }),
      { code: "invalid_input" },
      JSON.stringify(member),
    );
  }
});

Deno.test("packs have the form that every other language can write: canonical, stored, sorted", async () => {
  for (const pack of [await runPackSample(), await jobPackSample()]) {
    const archive = openZip(pack);
    assert.deepEqual(archive.names, [...archive.names].sort());
    assert.ok(archive.names.every((name) => archive.isCanonical(name)));
    // A rewrite by another writer has another form but the same content, so it verifies.
    const contents = [...await unpack(pack)].map(([name, content]) => ({ name, content }));
    assert.equal((await verifyPack(await writeZip(contents))).ok, true);
    assert.equal((await verifyPack(buildZip(contents.toReversed()), { strict: true })).ok, true);
  }
});

Deno.test("sealPack() refuses a file that no reader would take", async () => {
  const seal = (size: number) =>
    sealPack({
      packType: "run",
      sourceRef: "r",
      producerVersion: "1",
      files: [{ path: "a.bin", content: new Uint8Array(size) }],
    });
  await assert.rejects(seal(104_857_601), { code: "invalid_input" });
  const { bytes } = await seal(104_857_600);
  assert.equal(openZip(bytes).sizeOf("a.bin"), 104_857_600);
});

Deno.test("verifyPack() refuses authorizations whose evidence is absent, changed or incomplete", async () => {
  const bundle = {
    trace_id: "t1",
    policy_digest: "ab".repeat(32),
    intent_digest: "cd".repeat(32),
    trace_path: "trace.json",
    outcome_path: "outcome.json",
    outcome_status: "block",
  };
  const files = { "b.json": JSON.stringify(bundle), "trace.json": '{"a":1}', "outcome.json": '{"b":2}' };
  const { built } = await build(files, { type: "authorization", source: "b.json" });
  const pack = built.pack.bytes;
  const document = readJsonObject((await unpack(pack)).get(PACK_ENTRY.authorization)!, { what: "bundle" });
  const other = (members: JsonObject) => ({
    [PACK_ENTRY.authorization]: canonicalBytes({ ...document, ...members }),
  });
  for (
    const changes of [
      { "evidence/trace.json": undefined },
      { "evidence/trace.json": '{"a":2}' },
      { [PACK_ENTRY.authorization]: undefined },
      other({ trace_path: "", trace_digest: "" }),
      other({ outcome_path: "", outcome_digest: "" }),
      other({ approval_audit_path: "gone.json", approval_audit_digest: "ab".repeat(32) }),
      other({ approval_audit_digest: "ab".repeat(32) }),
      other({ outcome_status: "maybe" }),
      other({ trace_id: " " }),
      other({ created_at: "0001-01-01T00:00:00Z" }),
      other({ schema_version: "2.0.0" }),
      other({ more: 1 }),
    ]
  ) {
    await assert.rejects(verifyPack(await forge(pack, changes)), { code: "verification_failed" });
  }
  // The digest of JSON is over its canonical form, so another dress is the same evidence.
  assert.equal((await verifyPack(await forge(pack, { "evidence/trace.json": '{ "a": 1 }' }))).ok, true);
});
