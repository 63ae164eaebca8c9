/** Gates in the process of a program: decisions, approvals, guarded tools and policies that are tested. */
import assert from "node:assert/strict";
import * as gait from "../../mod.ts";
import { onStage } from "../support/gait.ts";
import { INTENT, POLICY, test } from "./support.ts";

const {
  GaitError,
  Guard,
  Refusal,
  RefusedError,
  RunRecorder,
  generateKey,
  guardTool,
  mintApproval,
  openGate,
  readRunpack,
  recordRun,
  testPolicy,
  verifyRunpack,
  verifyTrace,
} = gait;

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
