import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage, unlinkJob } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { keyFromSeed, type PrivateKey } from "../signing/mod.ts";
import { mintApproval, type MintApprovalOptions } from "../tokens/mint.ts";
import { decisionDigests } from "./signed_approval.ts";

const [LEAD, OTHER] = [
  await keyFromSeed(new Uint8Array(32).fill(1)),
  await keyFromSeed(new Uint8Array(32).fill(2)),
];
const KEYS = { key: LEAD.public };

/** A job that waits for a decision, whose agent is `agent`, and who signs approvals of it. */
async function waiting(id = "job-1", submit = {}) {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }), id);
  await job.submit({ identity: "agent", ...submit });
  await job.checkpoint("decision-needed", { actor: "agent" });
  const sign = async (
    change: Partial<MintApprovalOptions> = {},
    key: PrivateKey = LEAD,
    checkpoint = 0,
  ): Promise<JsonObject> => {
    const { state } = await job.read();
    const digests = await decisionDigests(state, state.checkpoints[checkpoint]!);
    const { file } = await mintApproval(
      { ...digests, approver: "lead", reasonCode: "CHG-7", ttl: "30m", ...change },
      key,
      { now: job.effects.now(), producerVersion: "1.0.0" },
    );
    return readJsonObject(file, { what: "token" });
  };
  return { ...job, memory, sign };
}

Deno.test("a decision with a signed approval is resumed where that is demanded, one without is not", async () => {
  const job = await waiting();
  await job.approve({ actor: "lead" });
  const demand = { requireSignedApproval: true, approvalKeys: KEYS };
  await assert.rejects(job.resume(demand), { detail: "signed_approval_missing" });
  await assert.rejects(job.resume({ approvalKeys: KEYS }), { detail: "signed_approval_missing" });
  await assert.rejects(job.resume({ requireSignedApproval: true }), { code: "invalid_input" });
  const { event } = await job.approve({
    actor: undefined,
    approvalToken: await job.sign(),
    approvalKeys: KEYS,
  });
  assert.deepEqual([event.actor, event.payload!.reason, event.payload!.approval_key_id], [
    "lead",
    "CHG-7",
    LEAD.public.id,
  ]);
  assert.equal((await job.resume(demand)).event.payload!.signed_approvals_required, true);
});

Deno.test("a token approves one decision of one job, by the right key, in time, and not one's own", async () => {
  const job = await waiting();
  const elsewhere = await waiting("job-2");
  const wrong: [string, JsonObject][] = [
    ["approval_token_signature_invalid", await job.sign({}, OTHER)],
    ["approval_token_intent_mismatch", await elsewhere.sign()],
    ["approval_token_intent_mismatch", await job.sign({ intentDigest: "a".repeat(64) })],
    ["approval_token_policy_mismatch", await job.sign({ policyDigest: "a".repeat(64) })],
    ["approval_token_scope_mismatch", await job.sign({ scope: ["job:job-2"] })],
    ["approval_token_expired", await job.sign({ ttl: 1n })],
    ["approval_token_self_approval", await job.sign({ approver: "Agent" })],
    ["approval_token_signature_missing", { ...await job.sign(), signature: null }],
  ];
  for (const [detail, approvalToken] of wrong) {
    const approve = job.approve({ actor: undefined, approvalToken, approvalKeys: KEYS });
    await assert.rejects(approve, { code: "verification_failed", detail }, detail);
  }
  const token = await job.sign();
  await assert.rejects(job.approve({ actor: undefined, approvalToken: token }), { code: "invalid_input" });
  await assert.rejects(job.approve({ actor: "eve", approvalToken: token, approvalKeys: KEYS }), {
    code: "invalid_input",
  });
  assert.equal((await job.read()).state.approvals.length, 0);
  // The same question once more is another decision.
  await job.checkpoint("decision-needed", { actor: "agent" });
  const again = { actor: undefined, approvalToken: token, approvalKeys: KEYS };
  await assert.rejects(job.approve({ ...again, checkpoint: "cp_0002" }), {
    detail: "approval_token_intent_mismatch",
  });
});

Deno.test("a job that was submitted with keys takes signed approvals alone, whoever resumes it", async () => {
  const job = await waiting("job-1", { approvalKeys: KEYS });
  await assert.rejects(job.approve({ actor: "lead" }), { detail: "signed_approval_missing" });
  const approvalToken = await job.sign();
  await job.approve({ actor: undefined, approvalToken });
  // Keys of the caller do not replace those of the job.
  await assert.rejects(job.resume({ approvalKeys: { key: OTHER.public } }), {
    detail: "signed_approval_missing",
  });
  assert.equal((await job.resume()).state.status, "running");
  // What was approved before the job went on is not asked for again; what came after is.
  await job.change("pause");
  assert.equal((await job.resume()).state.status, "running");
  await job.checkpoint("decision-needed");
  await assert.rejects(job.resume(), { detail: "approval_missing" });
});

Deno.test("an approver signs with the key of that name", async () => {
  const approvers = new Map([["lead", LEAD.public], ["boss", OTHER.public]]);
  const job = await waiting("job-1", { approvalKeys: { approvers } });
  for (const [approver, key] of [["lead", OTHER], ["eve", LEAD]] as const) {
    await assert.rejects(
      job.approve({ actor: undefined, approvalToken: await job.sign({ approver }, key) }),
      {
        detail: "approval_token_signature_invalid",
      },
    );
  }
  await job.approve({ actor: undefined, approvalToken: await job.sign({ approver: "boss" }, OTHER) });
  assert.equal((await job.resume()).state.status, "running");
});

Deno.test("a token that expired between approval and resume counts no more", async () => {
  const job = await waiting("job-1", { approvalKeys: KEYS });
  await job.approve({ actor: undefined, approvalToken: await job.sign({ ttl: "3s" }) });
  for (let i = 0; i < 4; i++) await job.checkpoint();
  await assert.rejects(job.resume(), { detail: "signed_approval_missing" });
});

Deno.test("a state that another program wrote does not lose the keys of a job", async () => {
  const job = await waiting("job-1", { approvalKeys: KEYS });
  await unlinkJob(job.memory, "jobs/job-1");
  await assert.rejects(job.approve({ actor: "lead" }), { detail: "signed_approval_missing" });
  assert.equal(
    (await job.approve({ actor: undefined, approvalToken: await job.sign() })).state.approvals.length,
    1,
  );
});
