/* What the voice boundary promises at the command line, beyond the conformance cases. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { PACK_ENTRY } from "../../lib/schema/pack_layout.ts";
import { CALL_ENTRY } from "../../lib/schema/voice/layout.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { callPackSample, callRecord, COMMITMENT } from "../support/sample_calls.ts";
import { forge, swap } from "../support/sample_packs.ts";
import { packSample } from "../support/sample_run.ts";

const POLICY = `
default_verdict: block
rules:
  - {name: small, priority: 10, effect: allow, match: {tool_names: [voice.commitment.refund], risk_classes: [low]}}
  - {name: large, priority: 20, effect: require_approval, match: {tool_names: [voice.commitment.refund]}}
  - name: secret
    priority: 30
    effect: allow
    require_broker_credential: true
    broker_reference: vault
    broker_scopes: [speak]
    match: {tool_names: [voice.commitment.quote]}
  - name: few
    priority: 40
    effect: allow
    rate_limit: {requests: 1, window: hour, scope: tool}
    match: {tool_names: [voice.commitment.schedule]}
`;

const LOW = { context: { ...COMMITMENT.context, risk_class: "low" } };
const SIGN = argv`--key-mode prod --private-key keys/voice_private.key`;

interface VoiceStage extends Stage {
  /** Ask for a token for the sample commitment with other members. */
  mint(change?: object, ...more: string[]): ReturnType<Stage["gait"]>;
  /** Check `say.json`. */
  verify(...more: string[]): ReturnType<Stage["gait"]>;
  /** Sign an approval of what `mint` was asked last, as the lead. */
  approve(asked: { intent_digest: string; policy_digest: string }, approver: string): Promise<string[]>;
}

/** A folder with keys and the policy. */
function onVoiceStage(body: (voiceStage: VoiceStage) => Promise<void>): Promise<void> {
  return onStage(async (stage) => {
    const { gait, write } = stage;
    for (const prefix of ["voice", "lead"]) {
      await gait`keys init --out-dir keys --prefix ${prefix}`;
    }
    await write("policy.yaml", POLICY);
    await body({
      ...stage,
      async mint(change = {}, ...more) {
        await write("intent.json", JSON.stringify({ ...COMMITMENT, ...change }));
        const asked = argv`--intent intent.json --policy policy.yaml --ttl 1h --out say.json`;
        return await gait`voice token mint ${asked} --trace-out trace.json --json ${SIGN} ${more}`;
      },
      verify: (...more) =>
        gait`voice token verify --token say.json --json --public-key keys/voice_public.key
          ${more}`,
      async approve({ intent_digest, policy_digest }, approver) {
        const { code } = await gait`approve --intent-digest ${intent_digest}
          --policy-digest ${policy_digest} --ttl 1h --scope tool:voice.commitment.refund
          --approver ${approver} --reason-code case --key-mode prod --private-key keys/lead_private.key
          --out approval.json`;
        assert.equal(code, 0);
        return argv`--approval-token approval.json --approval-public-key keys/lead_public.key`;
      },
    });
  });
}

Deno.test("voice token mint gives a token that verifies strictly, with all that it binds", () =>
  onVoiceStage(async ({ mint, verify }) => {
    const { code, json } = await mint({ ...LOW, turn_index: 0 });
    assert.equal(code, 0);
    assert.equal(json.turn_index, 0);
    assert.equal(json.binding.turn_index, 0);
    assert.equal(json.binding.refund_ceiling_cents, 50_000);
    const verified = await verify("--strict", "--turn-index", "0");
    assert.equal(verified.code, 0);
    assert.deepEqual(verified.json.binding, json.binding);
  }));

Deno.test("voice token mint leaves a trace but no token when the gate does not allow", () =>
  onVoiceStage(async ({ mint, files }) => {
    for (
      const [change, code, verdict] of [
        [{}, 4, "require_approval"],
        [{ commitment_class: "cancel" }, 3, "block"],
        // A credential can't be had here, so a rule that demands one allows nothing.
        [{ commitment_class: "quote" }, 3, "block"],
      ] as const
    ) {
      const refused = await mint(change);
      assert.equal(refused.code, code);
      assert.equal(refused.json.ok, false);
      assert.equal(refused.json.verdict, verdict);
      assert.ok(!("token_id" in refused.json) && !("binding" in refused.json));
    }
    const made = await files();
    assert.ok(made.includes("trace.json"));
    assert.ok(!made.includes("say.json"));
  }));

Deno.test("voice token mint counts sentences that a policy limits", () =>
  onVoiceStage(async ({ mint }) => {
    assert.equal((await mint({ commitment_class: "schedule" })).code, 0);
    const second = await mint({ commitment_class: "schedule", call_seq: 3 });
    assert.equal(second.code, 3);
    assert.ok(second.json.reason_codes.includes("rate_limit_exceeded"));
  }));

Deno.test("voice token mint takes the approval of somebody else for this very promise", () =>
  onVoiceStage(async ({ mint, approve, verify, files }) => {
    const asked = (await mint()).json;
    const approval = await approve(asked, "dana");
    const larger = await mint({ refund_ceiling_cents: 50_001 }, ...approval);
    assert.equal(larger.code, 4);
    assert.ok(larger.json.reason_codes.includes("approval_token_intent_mismatch"));
    assert.ok(!(await files()).includes("say.json"));

    const granted = await mint({}, ...approval);
    assert.equal(granted.code, 0);
    assert.equal(granted.json.verdict, "allow");
    assert.ok(granted.json.approval_ref.length > 0);
    assert.ok((await files()).includes(granted.json.approval_audit_path));
    assert.equal((await verify("--strict")).code, 0);

    const own = await mint({}, ...await approve(asked, COMMITMENT.context.identity));
    assert.equal(own.code, 4);
    assert.ok(own.json.reason_codes.includes("approval_token_self_approval"));
  }));

Deno.test("voice token mint --strict wants the approval that a promise asks for, and those that it names", () =>
  onVoiceStage(async ({ mint, approve, write, gait }) => {
    const needs = { ...LOW, approval_required: true };
    assert.equal((await mint(needs)).code, 0, "the policy allows it");
    const asked = await mint(needs, "--strict");
    assert.deepEqual([asked.code, asked.json.verdict], [4, "require_approval"]);
    assert.ok(asked.json.reason_codes.includes("commitment_approval_required"));
    const granted = await mint(needs, "--strict", ...await approve(asked.json, "dana"));
    assert.deepEqual([granted.code, granted.json.verdict, granted.json.notes], [0, "allow", undefined]);

    await write("memo.txt", "the lead agrees\n");
    const digest = "4eb9e2ba6eb9d8c0bd6b5e1a6f8d9c1e";
    const named = { ...LOW, approval_artifact_refs: [`sha256:${await sha256(utf8("the lead agrees\n"))}`] };
    const missing = await mint(named, "--strict");
    assert.deepEqual([missing.code, missing.json.verdict], [3, "block"]);
    const odd = await mint(
      { ...LOW, approval_artifact_refs: [digest] },
      "--strict",
      "--approval-artifact",
      "memo.txt",
    );
    assert.deepEqual([odd.code, odd.json.reason_codes.includes("commitment_approval_missing")], [3, true]);
    assert.equal((await mint(named, "--strict", "--approval-artifact", "memo.txt")).code, 0);
    assert.equal((await mint(named, "--approval-artifact", "memo.txt")).code, 6);
    const { json } = await gait`trace verify trace.json --public-key keys/voice_public.key --json`;
    assert.deepEqual([json.ok, json.verdict], [true, "allow"]);
  }));

Deno.test("voice token mint decides nothing when its token can't be written", () =>
  onVoiceStage(async ({ gait, write, files }) => {
    await write("intent.json", JSON.stringify({ ...COMMITMENT, ...LOW }));
    await write("file", "no folder");
    const before = await files();
    for (const out of ["file/say.json", "file/deep/say.json"]) {
      const { code } =
        await gait`voice token mint --intent intent.json --policy policy.yaml --out ${out} ${SIGN}`;
      assert.equal(code, 6, out);
    }
    assert.deepEqual(await files(), before);
    const made =
      await gait`voice token mint --intent intent.json --policy policy.yaml --out new/deep/say.json ${SIGN}`;
    assert.equal(made.code, 0, made.stderr);
    const left = (await files()).filter((name) => !before.includes(name) && !name.startsWith("trace_"));
    assert.deepEqual(left, ["new/deep/say.json"]);
  }));

Deno.test("voice token mint and verify name turn 0", () =>
  onVoiceStage(async ({ mint, verify }) => {
    const first = { ...LOW, turn_index: 0 };
    assert.equal((await mint(first)).json.turn_index, 0);
    assert.equal((await verify()).json.turn_index, 0);
    assert.equal((await verify("--call-id", "other")).json.turn_index, 0);
  }));

Deno.test("voice pack build --say-token packs tokens, and refuses one that does not fit the call", () =>
  onVoiceStage(async ({ gait, mint, write, read, bytes, path }) => {
    const { json } = await mint(LOW);
    const record = callRecord();
    record.commitments[0] = { ...COMMITMENT, ...LOW };
    for (const one of [record.events[3], record.events[4], record.speak_receipts[0]]) {
      one.say_token_id = json.token_id;
    }
    for (const one of [record.events[2], record.gate_decisions[0]]) one.intent_digest = json.intent_digest;
    const token = JSON.parse(await read("say.json"));
    record.speak_receipts[0].emitted_at = token.created_at;
    await write("run.zip", (await packSample()).bytes);
    await write("call.json", JSON.stringify(record));
    const built = await gait`voice pack build call.json --say-token say.json --out call.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    const verified = await gait`voice pack verify call.zip --public-key keys/voice_public.key --json`;
    assert.equal(verified.code, 0, verified.stdout);
    assert.ok(new TextDecoder("latin1").decode(await bytes("call.zip")).includes("say_tokens/"));
    record.speak_receipts[0].emitted_at = token.expires_at;
    await write("call.json", JSON.stringify(record));
    const late = await gait`voice pack build call.json --say-token say.json --out late.zip --json`;
    assert.deepEqual([late.code, /expired/.test(late.json.error)], [6, true]);
    assert.equal((await gait`voice pack build call.json --out late.zip --json`).code, 0);
    assert.equal((await gait`pack build ${path("run.zip")} --say-token say.json --json`).code, 6);
  }));

Deno.test("voice token mint never turns a block into an allow by an approval", () =>
  onVoiceStage(async ({ mint, approve }) => {
    const asked = (await mint({ commitment_class: "cancel" })).json;
    assert.equal((await mint({ commitment_class: "cancel" }, ...await approve(asked, "dana"))).code, 3);
  }));

Deno.test("voice token mint keeps to what the project says of approvals, as gate eval does", () =>
  onVoiceStage(async ({ mint, approve, read, write, files }) => {
    const [flag, token] = await approve((await mint()).json, "dana"); // holds an hour
    const why = async (...more: string[]) => {
      const { code, json } = await mint({}, flag!, token!, ...more);
      return code === 0 ? "allow" : json.reason_codes?.join() ?? json.error_code;
    };
    const project = (gate: string) => write(".gait/config.yaml", `gate: {${gate}}`);
    const key = "approval_public_key: keys/lead_public.key";

    await project(`${key}, max_approval_ttl: 30m`);
    assert.match(await why(), /approval_token_lifetime_exceeded/);
    // The key stands in the file, too; without it the gate's own would verify.
    assert.match(await why("--no-config"), /approval_token_signature_invalid/);

    await write("approvers/dana.key", await read("keys/voice_public.key"));
    await project(`${key}, approver_keys: approvers`);
    assert.match(await why(), /approval_token_signature_invalid/);

    for (const mistyped of ["single_use_aprovals: true", "single_use_approvals: yes"]) {
      await project(`${key}, ${mistyped}`);
      assert.equal(await why(), "invalid_input");
    }

    await project(`${key}, single_use_approvals: true, approval_ledger: used`);
    assert.equal(await why(), "allow");
    assert.match(await why(), /approval_token_replayed/);
    assert.equal((await files()).filter((name) => name.startsWith("used/")).length, 1);
    await project(key);
    assert.equal(await why(), "allow");
  }));

Deno.test("voice token mint is as strict as the gate of the project, and asks its broker", () =>
  onVoiceStage(async ({ gait, mint, write, files }) => {
    const rule = "{ name: promises, effect: allow, match: { risk_classes: [high] }";
    const why = async (project: string, policy: string) => {
      await write(".gait/config.yaml", `gate: { ${project} }`);
      await write("policy.yaml", policy);
      const { code, json } = await mint();
      return code === 0 ? json.reason_codes.join() : json.error;
    };
    const production = "profile: oss-prod";
    assert.match(await why(production, "default_verdict: allow"), /refuses default_verdict allow/);
    assert.match(await why(production, `rules: [${rule} }]`), /refuses rule "promises"/);
    const guarded = `rules: [${rule}, require_broker_credential: true }]`;
    assert.match(await why(production, guarded), /needs a credential broker/);
    assert.deepEqual((await files()).filter((name) => ["say.json", "trace.json"].includes(name)), []);
    assert.match(
      await why(`${production}, credential_broker: stub`, guarded),
      /broker_credential_present/,
    );
    assert.equal((await files()).filter((name) => name.startsWith("credential_evidence_")).length, 1);

    await write("policy.yaml", "default_verdict: allow");
    assert.match(
      (await mint({}, "--profile", "oss-prod", "--no-config")).json.error,
      /refuses default_verdict/,
    );
    assert.match(
      (await mint({}, "--credential-broker", "command", "--no-config")).json.error,
      /needs --credential-command/,
    );
    const withoutKey = await gait`voice token mint --intent intent.json --policy policy.yaml --json`;
    assert.equal(withoutKey.code, 6);
    assert.match(withoutKey.json.error, /needs key mode "prod"/);
  }));

Deno.test("voice token mint notes what it dropped and what nobody approved", () =>
  onVoiceStage(async ({ mint }) => {
    const { json } = await mint({ ...LOW, approval_required: true, evidence_reference_digests: ["zz"] });
    assert.equal(json.notes.length, 2);
    assert.ok(!("warnings" in json));
  }));

Deno.test("voice token mint prints the public half of a fresh key, so that its token can be verified", () =>
  onVoiceStage(async ({ gait, mint, write }) => {
    await mint(LOW);
    const fresh = await gait`voice token mint --intent intent.json --policy policy.yaml --json`;
    assert.equal(fresh.json.warnings.length, 1);
    await write("fresh.key", fresh.json.public_key + "\n");
    const verify = argv`voice token verify --token ${fresh.json.token_path} --public-key`;
    assert.equal((await gait`${verify} fresh.key`).code, 0);
    assert.equal((await gait`${verify} keys/voice_public.key`).code, 2);
  }));

Deno.test("voice token mint writes nothing when it can't do its work", () =>
  onVoiceStage(async ({ gait, write, files }) => {
    await write("intent.json", JSON.stringify({ ...COMMITMENT, ...LOW }));
    await write("big.json", JSON.stringify({ ...COMMITMENT, ...LOW }).replace("50000", "9007199254740993"));
    await write("bad.yaml", "rules: 5");
    const before = await files();
    const base = {
      "--intent": "intent.json",
      "--policy": "policy.yaml",
      "--key-mode": "prod",
      "--private-key": "keys/voice_private.key",
    };
    for (
      const change of [
        { "--intent": "big.json" },
        { "--intent": "policy.yaml" },
        { "--intent": "" },
        { "--policy": "bad.yaml" },
        { "--policy": "gone.yaml" },
        { "--key-mode": "none" },
        { "--key-mode": "dev" },
        { "--key-mode": " ", "--private-key": "" },
        { "--private-key": "policy.yaml" },
        { "--trace-out": "../trace.json" },
        ...["0", "-1m", "5", "1d", "2 m", "1e3s", ""].map((ttl) => ({ "--ttl": ttl })),
      ]
    ) {
      const args = Object.entries({ ...base, ...change }).map(([flag, value]) => `${flag}=${value}`);
      const { code, json } = await gait`voice token mint --json ${args}`;
      assert.equal(code, 6, JSON.stringify(change));
      assert.deepEqual([json.ok, json.operation, json.verdict], [false, "mint", undefined]);
    }
    assert.deepEqual(await files(), before);
  }));

Deno.test("voice token mint never replaces its inputs, its key, or the trace by the token", () =>
  onVoiceStage(async ({ mint, read, files, path }) => {
    await mint(LOW, "--out", "say.json", "--trace-out", "t.json");
    const inputs = ["intent.json", "policy.yaml", "keys/voice_private.key"];
    const before = await Promise.all(inputs.map(read));
    const there = await files();
    for (const name of [...inputs, ...inputs.map(path)]) {
      assert.equal((await mint(LOW, "--out", name)).code, 6, name);
      assert.equal((await mint(LOW, "--trace-out", name)).code, 6, name);
    }
    assert.equal((await mint(LOW, "--out", path("one"), "--trace-out", "one")).code, 6);
    assert.deepEqual(await Promise.all(inputs.map(read)), before);
    assert.deepEqual(await files(), there);
  }));

Deno.test("voice token verify takes no sum below zero for a sum that needs no leave", () =>
  onVoiceStage(async ({ mint, verify }) => {
    await mint(LOW, "--out", "say.json");
    assert.equal((await verify("--amount-cents", "-1")).code, 0);
    assert.equal((await verify("--amount-cents", "-500")).code, 6);
    assert.equal((await verify("--turn-index", "-1", "--call-seq", "0", "--strict")).code, 0);
    for (const place of ["--turn-index=-2", "--call-seq=-1"]) {
      assert.equal((await verify(place, "--strict")).code, 6, place);
    }
  }));

Deno.test("voice token mint follows no link to where a token goes", () =>
  onVoiceStage(async ({ mint, path, read, write }) => {
    await write("precious", "kept");
    await Deno.symlink(path("precious"), path("say.json"));
    const { code, json } = await mint(LOW);
    assert.equal(code, 8);
    assert.equal(json.ok, false);
    assert.equal(await read("precious"), "kept");
  }));

Deno.test("voice token verify marks what it could not verify", () =>
  onVoiceStage(async ({ mint, verify }) => {
    await mint(LOW);
    const { code, json } = await verify("--call-id", "other");
    assert.equal(code, 2);
    assert.equal(json.error_code, "say_token_call_binding_mismatch");
    assert.equal(json.unverified, true);
    assert.ok(!("binding" in json) && !("intent_digest" in json));
  }));

Deno.test("voice token verify names members that nobody signed, and refuses them when it is strict", () =>
  onVoiceStage(async ({ mint, verify, read, write }) => {
    await mint(LOW);
    await write("say.json", JSON.stringify({ ...JSON.parse(await read("say.json")), ceiling: 9 }));
    const { code, json } = await verify();
    assert.equal(code, 0);
    assert.equal(json.notes.length, 1);
    assert.equal((await verify("--strict")).json.error_code, "say_token_not_exact");
  }));

Deno.test("voice token verify takes a token once from a ledger, also when many ask at the same time", () =>
  onVoiceStage(async ({ mint, verify }) => {
    await mint(LOW);
    assert.equal((await verify("--ledger", "used", "--amount-cents", "50001")).code, 2);
    const asked = await Promise.all(Array.from({ length: 6 }, () => verify("--ledger", "used")));
    assert.deepEqual(asked.map(({ code }) => code).sort(), [0, 2, 2, 2, 2, 2]);
    assert.equal((await verify("--ledger", "used")).json.error_code, "say_token_replayed");
    assert.equal((await verify()).code, 0);
  }));

Deno.test("voice token verify says no when the use can't be kept", () =>
  onVoiceStage(async ({ mint, verify, write }) => {
    await mint(LOW);
    await write("used", "a file, no folder");
    const { code, json } = await verify("--ledger", "used");
    assert.notEqual(code, 0);
    assert.equal(json.ok, false);
  }));

Deno.test("voice token verify trusts no key but the one that flags name", () =>
  onVoiceStage(async ({ gait, mint }) => {
    await mint(LOW);
    await gait`keys trust add keys/voice_public.key --name voice`;
    assert.equal((await gait`voice token verify --token say.json`).code, 6);
  }));

Deno.test("attack 46: nothing in a token or a record reaches the terminal raw", () =>
  onVoiceStage(async ({ gait, mint, write }) => {
    const evil = "call\u001b[2J\u0007\u009b31m";
    await mint({ ...LOW, call_id: evil });
    const verify = argv`voice token verify --token say.json --public-key keys/voice_public.key`;
    const record = JSON.parse(
      JSON.stringify(callRecord()).replaceAll("call_12", JSON.stringify(evil).slice(1, -1)),
    );
    await write("call.json", JSON.stringify(record));
    await write("run.zip", (await packSample()).bytes);
    record.gate_decisions[0].verdict = evil;
    await write("bad.json", JSON.stringify(record));
    for (
      const [args, code] of [
        [verify, 0],
        [[...verify, "--call-id", "x"], 2],
        [["voice", "pack", "build", "call.json", "--out", "call.zip"], 0],
        [["voice", "pack", "verify", "call.zip"], 0],
        [["voice", "pack", "inspect", "call.zip"], 0],
        [["voice", "pack", "build", "bad.json"], 6],
      ] as const
    ) {
      const result = await gait(...args);
      assert.equal(result.code, code, result.stderr);
      // deno-lint-ignore no-control-regex -- these are what is looked for
      assert.doesNotMatch(result.stdout + result.stderr, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/, args.join(" "));
    }
  }));

Deno.test("voice pack build refuses a denied call with the same status as any other bad one", () =>
  onStage(async ({ gait, write, files }) => {
    await write("run.zip", (await packSample()).bytes);
    for (const verdict of ["block", "dry_run", "require_approval"]) {
      const record = callRecord();
      record.gate_decisions[0].verdict = verdict;
      await write("call.json", JSON.stringify(record));
      const { code, json } = await gait`voice pack build call.json --json`;
      assert.equal(code, 6);
      assert.equal(json.error_code, "invalid_input");
    }
    assert.deepEqual(await files(), ["call.json", "run.zip"]);
  }));

Deno.test("voice pack build refuses a runpack whose path means a device or another drive on Windows", () =>
  onStage(async ({ gait, write }) => {
    const { bytes } = await packSample();
    for (const path of ["NUL.zip", "C:run.zip"]) {
      await write(path, bytes);
      await write("call.json", JSON.stringify({ ...callRecord(), runpack_path: path }));
      const { code, json } = await gait`voice pack build call.json --json`;
      assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], path);
    }
  }));

Deno.test("voice pack build notes what it dropped, and a later type wins over call", () =>
  onStage(async ({ gait, write }) => {
    await write("run.zip", (await packSample()).bytes);
    const record = callRecord();
    record.reference_digests.push({ ref_id: "x", sha256: "zz" });
    record.events[4].attributes = { said: "I refund you 500 euros" };
    await write("call.json", JSON.stringify(record));
    assert.equal((await gait`voice pack build call.json --json`).json.notes.length, 2);
    const run = await gait`voice pack build ./run.zip --type run --json`;
    assert.equal(run.json.pack_type, "run");
  }));

Deno.test("voice pack verify refuses what was changed, and a source that is not a runpack", () =>
  onStage(async ({ gait, write }) => {
    const pack = await callPackSample();
    await write("good.zip", pack);
    await write("changed.zip", await swap(pack, { [CALL_ENTRY.decisions]: "" }));
    await write(
      "garbage.zip",
      await forge(pack, { [PACK_ENTRY.runpack]: utf8("garbage") as Uint8Array<ArrayBuffer> }),
    );
    assert.equal((await gait`voice pack verify good.zip`).code, 0);
    for (const name of ["changed.zip", "garbage.zip"]) {
      for (const command of [["voice", "pack"], ["pack"]]) {
        const { code, json } = await gait`${command} verify ${name} --json`;
        assert.equal(code, 2, name);
        assert.equal(json.ok, false);
      }
    }
  }));

Deno.test("regress init takes the runpack out of a pack only when the pack vouches for it", () =>
  onStage(async ({ gait, write, files }) => {
    const pack = await callPackSample();
    const { bytes } = await packSample((run) => run.run.run_id = "run_other");
    await write("swapped.zip", await swap(pack, { [PACK_ENTRY.runpack]: bytes }));
    assert.equal((await gait`regress init --from ./swapped.zip`).code, 6);
    assert.deepEqual(await files(), ["swapped.zip"]);
    await write("good.zip", pack);
    assert.equal((await gait`regress init --from ./good.zip`).code, 0);
  }));

Deno.test("voice pack verify says of another pack that nothing was checked about speech", () =>
  onVoiceStage(async ({ gait, write }) => {
    await write("call.zip", await callPackSample());
    await gait("demo");
    await gait`pack build run_demo --out run.zip --private-key keys/voice_private.key`;
    const call = await gait`voice pack verify call.zip`;
    assert.deepEqual([call.code, call.stdout.includes("no callpack")], [0, false]);
    const run = await gait`voice pack verify run.zip`;
    assert.match(run.stdout, /warning: this is no callpack/);
    const other = await gait`voice pack verify run.zip --profile strict --public-key keys/lead_public.key`;
    assert.match(other.stdout, /proof records: signature verification: key id mismatch \(3 times\)/);
  }));

Deno.test("what voice commands say of flags names the flags and numbers that help", () =>
  onVoiceStage(async ({ gait, write }) => {
    await write("intent.json", JSON.stringify(COMMITMENT));
    const dev = await gait`voice token mint --intent intent.json --policy policy.yaml
      --private-key keys/voice_private.key --json`;
    assert.equal(dev.json.hint, "Give --key-mode prod to sign with the key");
    const odd = await gait`voice token verify --token x --amount-cents 500.5 --json`;
    assert.equal(odd.json.hint, "For example: --amount-cents 1");
  }));
