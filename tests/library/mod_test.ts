/** The library's face, used as a program would: what it promises beside the executable. */
import assert from "node:assert/strict";
import * as gait from "../../mod.ts";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { urlOf } from "../../scripts/root.ts";
import { READERS } from "../../lib/conversation/formats/table.ts";
import { FORMATS } from "../../lib/conversation/transcript.ts";

const {
  buildPack,
  diffRunpacks,
  GaitError,
  generateKey,
  importRun,
  isChanged,
  loadTrustStore,
  mintApproval,
  mintSayToken,
  openGate,
  parsePrivateKey,
  parsePublicKey,
  readRecordInput,
  readRunpack,
  recordRun,
  replayRun,
  testPolicy,
  trustKey,
  verifyPack,
  verifyRunpack,
  verifySayToken,
  verifyTrace,
} = gait;

const { Guard, guardTool, openSession, Refusal, RefusedError, RunRecorder } = gait;

const INTENT = { tool_name: "t", context: { identity: "a", workspace: "/w", risk_class: "low" } };
const POLICY = "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [t]}}]";
const RUN: gait.RecordRequest = {
  run: { run_id: "r1", created_at: "2026-01-02T03:04:05Z" },
  intents: [{ intent_id: "i1", tool_name: "fs.read", args: { path: "/x" } }],
  results: [{ intent_id: "i1", status: "ok", result: { n: 1 } }],
  refs: { context_evidence_mode: "best_effort" }, // as the command has it
};

/** Every value that is exported, with what shows that it works; a new export without a test is noticed. */
const SHOWN = new Set<string>();
function test(names: readonly (keyof typeof gait)[], name: string, run: () => Promise<void> | void): void {
  for (const name of names) SHOWN.add(name);
  Deno.test(name, run);
}

test(
  ["Guard", "guardTool", "Refusal", "RefusedError", "RunRecorder"],
  "guardTool() with a gate of this process: the run becomes a runpack that verifies",
  () =>
    onStage(async ({ path, write }) => {
      await write("policy.yaml", POLICY);
      const gate = await openGate({ policy: path("policy.yaml") });
      const recorder = new RunRecorder("guarded");
      const options = { context: INTENT.context, recorder };
      const twice = guardTool(gate, { ...options, name: "t" }, ({ n }: { n: number }) => 2 * n);
      assert.equal(await twice({ n: 2 }), 4);
      const other = guardTool(gate, { ...options, name: "other" }, () => assert.fail("it ran"));
      await assert.rejects(other({}), RefusedError);
      const refusal = await new Guard(gate, options).run(
        { name: "x", args: {} },
        () => assert.fail("it ran"),
      );
      assert.ok(refusal instanceof Refusal);
      await gate.close();
      const { bytes } = await recordRun(recorder.request());
      assert.equal((await verifyRunpack(bytes)).ok, true);
      assert.deepEqual((await readRunpack(bytes)).results.map(({ status }) => status), [
        "ok",
        "block",
        "block",
      ]);
    }),
);

const COMMITMENT: gait.Commitment = {
  created_at: "2026-03-02T09:00:02Z",
  call_id: "call_12",
  turn_index: 4,
  call_seq: 3,
  commitment_class: "refund",
  currency: "EUR",
  refund_ceiling_cents: 5_000,
  context: { identity: "agent.desk", workspace: "/srv/desk", risk_class: "low" },
};
const SAID = { callId: "call_12", turnIndex: 4, callSeq: 3, commitmentClass: "refund" } as const;
const SPEECH = `default_verdict: block
rules:
  - {name: low, priority: 1, effect: allow, match: {tool_names: [voice.commitment.refund], risk_classes: [low]}}
  - {name: high, priority: 2, effect: require_approval, match: {tool_names: [voice.commitment.refund]}}
`;

test(
  ["mintSayToken", "verifySayToken"],
  "mintSayToken() gives a token after an allow alone, which verifies here and in the executable, once",
  () =>
    onStage(async ({ gait, path, write }) => {
      await gait`keys init --out-dir k`;
      await write("policy.yaml", SPEECH);
      const key = await parsePrivateKey(await Deno.readTextFile(path("k/gait_private.key")));
      const gate = await openGate({ policy: path("policy.yaml"), traceDir: path("t") });
      const { decision, sayToken } = await mintSayToken(gate, COMMITMENT, { key });
      assert.equal(decision.verdict, "allow");
      await Deno.writeFile(path("say.json"), sayToken!.bytes);
      const verified = await gait`voice token verify --token say.json --public-key k/gait_public.key
        --call-id call_12 --turn-index 4 --call-seq 3 --commitment-class refund --amount-cents 5000
        --currency EUR --intent-digest ${decision.intentDigest} --strict --json`;
      assert.deepEqual([verified.code, verified.json.token_id], [0, sayToken!.tokenId]);
      const wanted = { ...SAID, key: key.public, amountCents: 5_000, currency: "EUR", strict: true };
      const verify = (more: object = {}, bytes: Uint8Array = sayToken!.bytes) =>
        verifySayToken(bytes, { ...wanted, ...more });
      assert.equal((await verify()).ok, true);
      const ledger = path("used");
      assert.deepEqual([(await verify({ ledger })).ok, (await verify({ ledger })).code], [
        true,
        "say_token_replayed",
      ]);
      for (
        const [more, code] of [
          [{ callId: "call_13" }, "say_token_call_binding_mismatch"],
          [{ callSeq: 4 }, "say_token_call_binding_mismatch"],
          [{ commitmentClass: "quote" }, "say_token_class_mismatch"],
          [{ amountCents: 5_001 }, "say_token_amount_mismatch"],
          [{ key: (await generateKey()).public }, "say_token_signature_invalid"],
        ] as const
      ) {
        const { ok, code: found } = await verify(more);
        assert.deepEqual([ok, found], [false, code]);
      }
      const changed = new TextEncoder().encode(
        new TextDecoder().decode(sayToken!.bytes).replace(
          '"refund_ceiling_cents": 5000',
          '"refund_ceiling_cents": 9000',
        ),
      );
      assert.equal((await verify({}, changed)).code, "say_token_signature_invalid");
      for (const more of [{ callId: undefined }, { key: undefined }, { amountCents: -1 }, { callid: "x" }]) {
        await assert.rejects(verify(more), { code: "invalid_input" });
      }
      await gate.close();
    }),
);

test(
  ["mintSayToken"],
  "mintSayToken() gives none for any other verdict, another intent, no trace, a broken gate, or one's own approval",
  () =>
    onStage(async ({ path, write }) => {
      await write("policy.yaml", SPEECH);
      const key = await generateKey();
      await write("approver.key", gait.formatPublicKey(key.public));
      const high = { ...COMMITMENT, context: { ...COMMITMENT.context, risk_class: "high" } };
      const gate = await openGate({
        policy: path("policy.yaml"),
        traceDir: path("t"),
        keys: { approval: { file: path("approver.key") } },
      });
      const stopped = await mintSayToken(gate, high, { key });
      assert.deepEqual([stopped.decision.verdict, stopped.sayToken], ["require_approval", undefined]);
      const blocked = await mintSayToken(gate, { ...COMMITMENT, commitment_class: "quote" }, { key });
      assert.deepEqual([blocked.decision.verdict, blocked.sayToken], ["block", undefined]);
      const simulating = await openGate({ policy: path("policy.yaml"), traceDir: path("t"), simulate: true });
      for (const one of [high, COMMITMENT, { ...COMMITMENT, commitment_class: "quote" } as const]) {
        await assert.rejects(mintSayToken(simulating, one, { key }), { code: "invalid_input" });
      }
      await simulating.close();
      const { intentDigest, policyDigest, requiredScope } = stopped.decision;
      const approvedBy = async (approver: string) => {
        const approval = {
          intentDigest,
          policyDigest,
          scope: requiredScope!,
          approver,
          reasonCode: "C-1",
          ttl: "5m",
        };
        return [(await mintApproval(approval, key)).token];
      };
      await assert.rejects(
        mintSayToken(gate, high, { key, approvalTokens: await approvedBy("agent.desk") }),
        {
          code: "verification_failed",
        },
      );
      const passed = await mintSayToken(gate, high, { key, approvalTokens: await approvedBy("dana") });
      assert.ok(passed.sayToken);
      await gate.close();

      const untraced = await openGate({ policy: path("policy.yaml") });
      await assert.rejects(mintSayToken(untraced, COMMITMENT, { key }), { code: "invalid_input" });
      await untraced.close();
      const lying = {
        decide: async () => ({ ...await Promise.resolve(passed.decision), verdict: "allow" as const }),
      };
      await assert.rejects(mintSayToken(lying, COMMITMENT, { key }), { code: "verification_failed" });
      await assert.rejects(mintSayToken(gate, COMMITMENT, { key })); // it is closed
      for (
        const wrong of [{ call_seq: 0 }, { commitment_class: "promise" }, { refund_ceiling_cents: 1.5 }, {
          Call_ID: "x",
        }]
      ) {
        await assert.rejects(
          mintSayToken(lying, { ...COMMITMENT, ...wrong } as gait.Commitment, { key }),
          { code: "invalid_input" },
        );
      }
    }),
);

test(
  ["openSession"],
  "openSession() keeps a journal that the executable goes on with, and seals it",
  () =>
    onStage(async ({ gait, path }) => {
      const ids = { journal: path("s/session.jsonl"), sessionId: "s1", runId: "run_a" };
      const session = await openSession(ids);
      assert.equal((await session.append({ toolName: "t", verdict: "allow" })).sequence, 1);
      const more = await gait`run session append --journal s/session.jsonl --tool t --verdict block`;
      assert.equal(more.code, 0, more.stderr);
      const again = await openSession(ids);
      assert.equal((await again.append({ toolName: "t", verdict: "allow" })).sequence, 3);
      const key = await generateKey();
      await again.checkpoint({ out: path("cp/1.zip"), key });
      const demands = { trusted: { source: "flag", key: key.public }, requireSignature: true } as const;
      assert.equal((await verifyRunpack(await Deno.readFile(path("cp/1.zip")), demands)).ok, true);
      await assert.rejects(openSession({ ...ids, runId: "other" }), { code: "invalid_input" });
      await assert.rejects(again.append({ toolName: "t", verdict: "alow" as "allow" }), {
        code: "invalid_input",
      });
    }),
);

test(
  ["openGate"],
  "openGate() decides in this process as the executable does, and its traces verify",
  () =>
    onStage(async ({ gait, path, write }) => {
      await gait`keys init --out-dir k`;
      await write("policy.yaml", POLICY);
      const gate = await openGate({
        policy: path("policy.yaml"),
        keys: { signing: { file: path("k/gait_private.key") } },
        traceDir: path("traces"),
      });
      const allowed = await gate.decide(INTENT);
      const blocked = await gate.decide({ ...INTENT, tool_name: "other" });
      await assert.rejects(gate.decide('{"tool_name":"t"}'), { code: "invalid_input" });
      await gate.close();
      assert.deepEqual([allowed.verdict, allowed.exitCode, blocked.verdict, blocked.exitCode], [
        "allow",
        0,
        "block",
        3,
      ]);
      await write("intent.json", JSON.stringify(INTENT));
      const once = await gait`gate eval --policy policy.yaml --intent intent.json --json`;
      assert.deepEqual([once.json.trace_id, once.json.verdict], [allowed.traceId, "allow"]);
      for (const { tracePath } of [allowed, blocked]) {
        assert.equal((await gait`trace verify ${tracePath} --public-key k/gait_public.key`).code, 0);
      }
    }),
);

test(
  ["verifyPack", "verifyRunpack", "parsePublicKey"],
  "verifyPack() and verifyRunpack() say in this process what the executable says",
  () =>
    onStage(async ({ gait, bytes, read }) => {
      await gait`keys init --out-dir k`;
      await gait("demo");
      await gait`pack build run_demo --private-key k/gait_private.key --out p.zip`;
      const key = await parsePublicKey(await read("k/gait_public.key"));
      const demands = { trusted: { source: "flag", key }, requireSignature: true, strict: true } as const;
      const pack = await bytes("p.zip");
      const report = await verifyPack(pack, demands);
      assert.deepEqual([report.ok, report.packType, report.signature.status], [true, "run", "verified"]);
      assert.equal((await gait`pack verify p.zip --json`).json.pack_id, report.packId);
      pack[pack.length >> 1]! ^= 1;
      assert(!await verifyPack(pack, demands).then(({ ok }) => ok, () => false));
      assert((await verifyRunpack(await bytes("gait-out/runpack_run_demo.zip"))).ok);
    }),
);

test(
  ["generateKey", "formatPrivateKey", "formatPublicKey", "parsePrivateKey", "keyFromSeed"],
  "keys survive their texts, and no two are the same",
  async () => {
    const key = await generateKey();
    assert.notEqual(key.public.id, (await generateKey()).public.id);
    assert.equal((await parsePrivateKey(gait.formatPrivateKey(key))).public.id, key.public.id);
    assert.equal((await parsePublicKey(gait.formatPublicKey(key.public))).id, key.public.id);
    assert.equal((await gait.keyFromSeed(key.seed)).public.id, key.public.id);
    for (const text of ["", "x", "AAAA"]) {
      await assert.rejects(parsePrivateKey(text), { code: "invalid_input" });
      await assert.rejects(parsePublicKey(text), { code: "invalid_input" });
    }
  },
);

test(
  ["loadTrustStore", "trustKey", "NO_KEYS"],
  "trustKey() and loadTrustStore() share a folder with the executable",
  () =>
    onStage(async ({ gait: run, path }) => {
      const folder = path(".gait/trust");
      assert.deepEqual(await loadTrustStore(folder), gait.NO_KEYS);
      const { public: key } = await generateKey();
      assert.deepEqual([await trustKey("team", key, folder), await trustKey("team", key, folder)], [
        true,
        false,
      ]);
      await assert.rejects(trustKey("team", (await generateKey()).public, folder), { code: "invalid_input" });
      await assert.rejects(trustKey("../team", key, folder), { code: "invalid_input" });
      const trusted = await loadTrustStore(folder);
      assert(trusted.source === "store" && trusted.keys.get(key.id)?.name === "team");
      assert.ok((await run("keys", "trust", "list")).stdout.includes(key.id));
    }),
);

test(
  ["recordRun", "readRecordInput", "readRunpack"],
  "recordRun() gives the bytes of gait run record",
  () =>
    onStage(async ({ gait: run, write, bytes }) => {
      await write("run.json", JSON.stringify(RUN));
      await run("run", "record", "run.json");
      const made = await recordRun(RUN);
      assert.deepEqual(made.bytes, await bytes("gait-out/runpack_r1.zip"));
      const again = await recordRun(readRecordInput(JSON.stringify(RUN)));
      assert.equal(again.manifestDigest, made.manifestDigest);
      const { run: { run_id }, intents, results, manifest } = await readRunpack(made.bytes);
      assert.deepEqual([run_id, intents.length, results.length], ["r1", 1, 1]);
      assert.equal(manifest.manifest_digest, made.manifestDigest);
      assert.throws(() => readRecordInput("{"), { code: "invalid_input" });
      await assert.rejects(recordRun({ run: { run_id: "r", created_at: "yesterday" } }), {
        code: "invalid_input",
      });
      await assert.rejects(readRunpack(new Uint8Array(9)), { code: "invalid_input" });
    }),
);

test(
  ["buildPack"],
  "buildPack() gives the pack of gait pack build, signed when it is asked to",
  () =>
    onStage(async ({ gait: run, bytes }) => {
      await run("demo");
      await run("pack", "build", "run_demo", "--out", "p.zip");
      const runpack = await bytes("gait-out/runpack_run_demo.zip");
      assert.deepEqual((await buildPack(runpack)).bytes, await bytes("p.zip"));
      const key = await generateKey();
      const signed = await buildPack(runpack, { key });
      const demands = { trusted: { source: "flag", key: key.public }, requireSignature: true } as const;
      assert.ok((await verifyPack(signed.bytes, demands)).ok);
      await assert.rejects(buildPack(runpack.subarray(9)), GaitError);
    }),
);

test(
  ["recordRun", "buildPack"],
  "recordRun() keeps the rules of gait run record, and takes its options",
  () =>
    onStage(async ({ gait: run, write, bytes }) => {
      await write("run.json", JSON.stringify(RUN));
      await run("run", "record", "run.json", "--run-id", "r2", "--capture-mode", "raw");
      const options = { runId: "r2", captureMode: "raw" } as const;
      const made = await recordRun(RUN, {}, options);
      assert.deepEqual([made.bytes, made.warnings], [await bytes("gait-out/runpack_r2.zip"), []]);
      assert.equal((await recordRun(RUN, {}, { runId: "a.b" })).warnings.length, 1);
      const digests = { query_digest: "ab".repeat(32), content_digest: "cd".repeat(32) };
      const raw = { ...RUN, refs: { receipts: [{ ref_id: "x", redaction_mode: "raw", ...digests }] } };
      assert.ok(await recordRun(raw, {}, { allowRawContext: true }));
      await assert.rejects(recordRun(raw, {}, {}), ({ hint }: Error & { hint?: string }) => {
        assert.match(hint!, /\ballowRawContext\b/);
        return true;
      });
      for (
        const [input, more] of [
          [RUN, { runId: "../r" }],
          [RUN, { contextEvidenceMode: "required" }],
          [raw, {}],
        ] as const
      ) {
        await assert.rejects(recordRun(input, {}, more), { code: "invalid_input" }, JSON.stringify(more));
      }
    }),
);

test(
  ["importRun", "replayRun", "diffRunpacks", "isChanged"],
  "importRun() makes runpacks that read, replay and compare",
  async () => {
    const chat = (name: string) =>
      JSON.stringify([
        {
          role: "assistant",
          tool_calls: [{ id: "c", type: "function", function: { name, arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "done" },
      ]);
    const [left, right] = await Promise.all(
      ["fs.read", "fs.write"].map(async (name) => {
        const { format, runs } = await importRun(chat(name), { runId: "r" });
        assert.deepEqual([format, runs.length, runs[0]!.runId], ["openai", 1, "r"]);
        return await readRunpack(runs[0]!.bytes);
      }),
    );
    assert.ok(!isChanged(diffRunpacks(left!, left!, "full")));
    assert.ok(isChanged(diffRunpacks(left!, right!, "full")));
    assert.deepEqual((await replayRun(left!)).steps.map(({ execution }) => execution), ["recorded"]);
    const executed = await replayRun(
      left!,
      ({ tool_name }) => Promise.resolve({ status: tool_name, digest: "" }),
    );
    assert.deepEqual(executed.steps.map(({ status, execution }) => [status, execution]), [[
      "fs.read",
      "executed",
    ]]);
    await assert.rejects(importRun("{}"), { code: "invalid_input" });
    for (const format of FORMATS) {
      const { runs } = await importRun(READERS[format].example, { format });
      assert.deepEqual([format, runs.length], [format, 1]);
    }
  },
);

test(
  ["testPolicy"],
  "testPolicy() answers as gait policy test, and tells all mistakes of a policy",
  () =>
    onStage(async ({ gait: run, write }) => {
      await write("policy.yaml", POLICY);
      await write("intent.json", JSON.stringify(INTENT));
      const said = (await run("policy", "test", "policy.yaml", "intent.json", "--json")).json;
      const answer = await testPolicy(POLICY, INTENT);
      assert.deepEqual([answer.verdict, answer.matchedRule, answer.policyDigest, answer.intentDigest], [
        said.verdict,
        said.matched_rule,
        said.policy_digest,
        said.intent_digest,
      ]);
      const error = await testPolicy("default_verdict: alow\nruls: []", INTENT).catch((error) => error);
      assert.ok(error instanceof GaitError && error.code === "invalid_input" && error.others.length === 1);
    }),
);

test(
  ["mintApproval", "verifyTrace"],
  "mintApproval() lets a stopped call pass once, and verifyTrace() proves both decisions",
  () =>
    onStage(async ({ path, write }) => {
      const key = await generateKey();
      await write("key", gait.formatPrivateKey(key));
      await write("public", gait.formatPublicKey(key.public));
      await write("policy.yaml", POLICY.replace("allow", "require_approval"));
      const gate = await openGate({
        policy: path("policy.yaml"),
        keys: { signing: { file: path("key") }, approval: { file: path("public") } },
        approvals: { singleUse: true, ledger: path("ledger") },
        rateLimitState: path("limits.json"),
        traceDir: path("traces"),
      });
      const stopped = await gate.decide(INTENT);
      assert.equal(stopped.exitCode, 4);
      const request = {
        intentDigest: stopped.intentDigest,
        policyDigest: stopped.policyDigest,
        approver: "dana",
        reasonCode: "CHG-7",
        scope: stopped.requiredScope!,
        ttl: "30m",
      };
      const { token } = await mintApproval(request, key);
      const verdicts = [];
      for (let n = 0; n < 2; n++) {
        verdicts.push((await gate.decide(INTENT, { approvalTokens: [token] })).verdict);
      }
      assert.deepEqual(verdicts, ["allow", "require_approval"]);
      const forged = await mintApproval(request, await generateKey());
      assert.notEqual((await gate.decide(INTENT, { approvalTokens: [forged.token] })).verdict, "allow");
      await gate.close();
      for (
        const wrong of [{ ttl: "0s" }, { ttl: "soon" }, { scope: [] }, { intentDigest: "x" }, {
          approver: " ",
        }]
      ) {
        await assert.rejects(mintApproval({ ...request, ...wrong }, key), { code: "invalid_input" });
      }
      const bytes = await Deno.readFile(stopped.tracePath);
      const report = await verifyTrace(bytes, { source: "flag", key: key.public });
      assert.deepEqual([report.ok, report.toolName, report.caller, report.verdict], [
        true,
        "t",
        "a",
        "require_approval",
      ]);
      const edited = new TextDecoder().decode(bytes).replace('"require_approval"', '"allow"');
      assert.ok(!(await verifyTrace(edited, { source: "flag", key: key.public })).ok);
      await assert.rejects(verifyTrace(bytes, gait.NO_KEYS), { code: "invalid_input" });
    }),
);

test(
  ["canonicalBytes", "canonicalize", "readJson", "digestOf", "sha256", "parseTime", "timeOfMillis"],
  "JSON, digests and times come in the forms of evidence",
  async () => {
    assert.equal(gait.canonicalize({ b: 1, a: [true] }), '{"a":[true],"b":1}');
    assert.equal(new TextDecoder().decode(gait.canonicalBytes({ b: 1, a: 2 })), '{"a":2,"b":1}');
    assert.deepEqual(gait.readJson('{"a":1}', { what: "it" }), { a: 1 });
    assert.equal(await gait.digestOf({ a: 1 }), await gait.sha256(gait.canonicalBytes({ a: 1 })));
    assert.equal(gait.parseTime("2026-01-02T03:04:05.000+00:00"), "2026-01-02T03:04:05Z");
    assert.equal(gait.timeOfMillis(0), "1970-01-01T00:00:00Z");
    assert.throws(() => gait.parseTime("yesterday"), { code: "invalid_input" });
  },
);

test(["GaitError", "EXIT", "VERDICTS", "VERSION"], "the closed sets are those of the executable", () => {
  assert.deepEqual(gait.VERDICTS.toSorted(), ["allow", "block", "dry_run", "require_approval"]);
  assert.deepEqual(Object.values(gait.EXIT), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.match(gait.VERSION, /^\d+\.\d+\.\d+/);
});

Deno.test("every export of mod.ts has a test here", () => {
  assert.deepEqual(Object.keys(gait).filter((name) => !SHOWN.has(name)), []);
});

Deno.test("errors of the library speak of its options, never of flags and commands", () =>
  onStage(async ({ path, write }) => {
    await write("policy.yaml", POLICY);
    await write("bad.key", "AAAA");
    const key = await generateKey();
    const policy = path("policy.yaml");
    const approval = {
      intentDigest: "a".repeat(64),
      policyDigest: "b".repeat(64),
      approver: "d",
      reasonCode: "r",
      scope: ["x"],
      ttl: "1h",
    };
    const failing: readonly (() => Promise<unknown>)[] = [
      () => openGate({ policy: "" }),
      () => openGate({ policy: path("nowhere") }),
      () => openGate({ policy, profile: "oss-prod" }),
      () => openGate({ policy, keys: { signing: {} } }),
      () => openGate({ policy, keys: { signing: { file: path("bad.key") } } }),
      () => openGate({ policy, keys: { approval: { file: path("bad.key"), env: "X" } } }),
      () => openGate({ policy, keys: { approval: { env: "GAIT_NO_SUCH_VARIABLE" } } }),
      () => openGate({ policy, approvals: { singleUse: true, refuseSelfApproval: true, maxTtl: "x" } }),
      () => openGate({ policy, broker: { kind: "command" } }),
      () => openGate({ policy, inventory: path("nowhere"), approvedScriptRegistry: path("nowhere") }),
      () => openGate({ policy, traceDir: policy }),
      () => parsePublicKey("x"),
      () => parsePrivateKey("AAAA"),
      () =>
        mintApproval({
          intentDigest: "",
          policyDigest: "",
          approver: "",
          reasonCode: "",
          scope: [],
          ttl: "1h",
        }, key),
      () => mintApproval({ ...approval, scope: [] }, key),
      () => mintApproval({ ...approval, maxOps: -1 }, key),
      () => verifyTrace("{}", gait.NO_KEYS),
      () => readRunpack(new Uint8Array(4)),
      () => importRun("[1]"),
      () => trustKey("a b", key.public, path("t")),
      () => recordRun({ run: { run_id: "" } }),
    ];
    let failed = 0;
    for (const [i, fail] of failing.entries()) {
      const error = await fail().then(() => undefined, (error) => error);
      if (error === undefined) continue;
      failed++;
      assert.ok(error instanceof GaitError, `${i}: ${error}`);
      assert.doesNotMatch(`${error.message}\n${error.hint ?? ""}`, /--[a-z]|\bgait [a-z]+ ?[a-z]/, `${i}`);
    }
    assert.ok(failed >= 17, `${failed} failed`);
  }));

/** Calls that the compiler would refuse, as JavaScript or options out of a file make them. */
const UNCHECKED: readonly (readonly [string, () => unknown])[] = await (async () => {
  // deno-lint-ignore no-explicit-any -- what the compiler refuses is the point
  const any = (value: unknown) => value as any;
  const key = await generateKey();
  const { bytes } = await recordRun(RUN);
  const { bytes: pack } = await buildPack(bytes);
  const asked = {
    intentDigest: "0".repeat(64),
    policyDigest: "0".repeat(64),
    approver: "ana",
    reasonCode: "CHG-1",
    scope: ["tool:t"],
    ttl: "30m",
  };
  return [
    ["no options", () => openGate(any(undefined))],
    ["no policy", () => openGate(any({}))],
    ["a policy that is not a path", () => openGate(any({ policy: 3 }))],
    ["a misspelt folder of traces", () => openGate(any({ policy: "p.yaml", tracedir: "traces" }))],
    ["a misspelt key", () => openGate(any({ policy: "p.yaml", keys: { sining: { file: "k" } } }))],
    ["a misspelt source", () => openGate(any({ policy: "p.yaml", keys: { signing: { path: "k" } } }))],
    ["a switch as a text", () => openGate(any({ policy: "p.yaml", simulate: "false" }))],
    ["a switch within", () => openGate(any({ policy: "p.yaml", approvals: { singleUse: "yes" } }))],
    ["an unknown broker", () => openGate(any({ policy: "p.yaml", broker: { kind: "vault" } }))],
    ["an unknown profile", () => openGate(any({ policy: "p.yaml", profile: "oss-prd" }))],
    ["no intent", () => testPolicy(POLICY, any(undefined))],
    ["no policy to test", () => testPolicy(any(undefined), INTENT)],
    ["an intent that is not JSON", () => testPolicy(POLICY, any({ ...INTENT, args: { at: new Map() } }))],
    ["an approval without approver", () => mintApproval(any({ ...asked, approver: undefined }), key)],
    ["a misspelt single use", () => mintApproval(any({ ...asked, singleuse: true }), key)],
    ["a lifetime as a number", () => mintApproval(any({ ...asked, ttl: 1800 }), key)],
    ["a scope as a text", () => mintApproval(any({ ...asked, scope: "tool:t" }), key)],
    ["no key to sign with", () => mintApproval(asked, any(undefined))],
    ["a public key to sign with", () => mintApproval(asked, any(key.public))],
    ["a run that is not JSON", () => recordRun(any({ ...RUN, run: { run_id: new Map() } }))],
    ["a key among the surroundings", () => recordRun(RUN, any({ key }))],
    ["a public key for a run", () => recordRun(RUN, {}, any({ key: key.public }))],
    ["an unknown capture mode", () => importRun("[]", any({ captureMode: "rawx" }))],
    ["an input that is not a text", () => importRun(any({ messages: [] }))],
    ["a path instead of a runpack", () => verifyRunpack(any("runpack.zip"))],
    ["a path instead of a pack", () => verifyPack(any("pack.zip"))],
    ["a misspelt demand", () => verifyPack(pack, any({ requiresignature: true }))],
    ["a misspelt demand on a runpack", () => verifyRunpack(bytes, any({ requireSignatures: true }))],
    ["a bare key as trust", () => verifyPack(pack, any({ trusted: key.public }))],
    ["a private key as trust", () => verifyRunpack(bytes, any({ trusted: { source: "flag", key } }))],
    ["no trust for a trace", () => verifyTrace("{}", any(undefined))],
    ["a runpack that is none", () => readRunpack(any("runpack.zip"))],
    ["options as a key", () => buildPack(bytes, any(key))],
    ["a private key to trust", () => trustKey("ana", any(key))],
    ["no text of a key", () => parsePublicKey(any(undefined))],
    ["bytes of a private key", () => parsePrivateKey(any(new Uint8Array(64)))],
    ["the path of a private key", () => parsePrivateKey("keys/gait_private.key")],
    ["the path of a policy", () => testPolicy("policy.yaml", INTENT)],
    ["the path of a conversation", () => importRun("log.json")],
    ["an archive to replay", () => replayRun(any(bytes))],
    ["an archive to compare", async () => diffRunpacks(any(bytes), await readRunpack(bytes), "full")],
    [
      "a comparison of an unknown kind",
      async () => diffRunpacks(await readRunpack(bytes), await readRunpack(bytes), any("all")),
    ],
    ["a recorder as a run", () => recordRun(any(new RunRecorder("r")))],
    [
      "no gate for a sentence",
      () => mintSayToken(any(openGate({ policy: "p" }).catch(() => {})), any({}), { key }),
    ],
  ];
})();

for (const [name, call] of UNCHECKED) {
  Deno.test(`the library refuses ${name} by invalid_input, and does not pass it over`, async () => {
    await assert.rejects(
      async () => await call(),
      (error) => error instanceof GaitError && error.code === "invalid_input",
    );
  });
}

Deno.test("decide() refuses a misspelt member beside the call, and tokens that are no list", () =>
  onStage(async ({ path, write }) => {
    await write("policy.yaml", POLICY);
    const gate = await openGate({ policy: path("policy.yaml") });
    for (const options of [{ approvalToken: [] }, { approvalTokens: {} }, { contextEnvelope: [] }, null]) {
      await assert.rejects(
        // deno-lint-ignore no-explicit-any -- what the compiler refuses is the point
        gate.decide(INTENT, options as any),
        (error) => error instanceof GaitError && error.code === "invalid_input",
        JSON.stringify(options),
      );
    }
    await gate.close();
  }));

Deno.test("a permission that a program lacks is a GaitError that names it", () =>
  onStage(async ({ path, write, folder }) => {
    await write("policy.yaml", POLICY);
    await write(
      "program.ts",
      `import { GaitError, generateKey, loadTrustStore, openGate, trustKey } from ${
        JSON.stringify(urlOf("mod.ts"))
      };
const policy = ${JSON.stringify(path("policy.yaml"))};
const told = [];
for (const step of [
  () => openGate({ policy }),
  () => openGate({ policy, keys: { signing: { env: "KEY" } } }),
  () => openGate({ policy, traceDir: ${JSON.stringify(path("traces"))} }),
  () => loadTrustStore(${JSON.stringify(path("trust"))}),
  async () => await trustKey("k", (await generateKey()).public, ${JSON.stringify(path("trust"))}),
]) {
  try { await step(); told.push("done"); }
  catch (e) { told.push(e instanceof GaitError ? e.code + " " + /permission "(\\w+)"/.exec(e.message)?.[1] : "raw " + e); }
}
console.log(JSON.stringify(told));`,
    );
    const reported = async (...allowed: string[]) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: argv`run --quiet --no-check --no-prompt --no-lock --config=${repository}deno.json ${allowed}
          ${path("program.ts")}`,
        cwd: folder,
      }).output();
      return JSON.parse(new TextDecoder().decode(stdout));
    };
    const [read, write_, env] = [
      "dependency_missing read",
      "dependency_missing write",
      "dependency_missing env",
    ];
    assert.deepEqual(await reported(), [read, read, read, read, read]);
    assert.deepEqual(await reported("--allow-read"), ["done", env, write_, "done", write_]);
    assert.deepEqual(await reported("--allow-read", "--allow-write"), ["done", env, "done", "done", "done"]);
  }));
