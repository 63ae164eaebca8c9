import assert from "node:assert/strict";
import { jobStage, unlinkJob } from "../../tests/support/job.ts";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";

async function paused(options = {}, files: Record<string, string> = {}) {
  const memory = memoryFiles(files);
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit(options);
  await job.change("pause");
  return { ...job, memory };
}

/** The state as another program would write it, whose edits no digest tells. */
async function edit(job: Awaited<ReturnType<typeof paused>>, members: Record<string, unknown>) {
  await unlinkJob(job.memory, "jobs/job-1");
  const state = JSON.parse(job.memory.text("jobs/job-1/state.json")!);
  await job.memory.writeAtomic(
    "jobs/job-1/state.json",
    new TextEncoder().encode(JSON.stringify({ ...state, ...members })),
  );
}

Deno.test("a job without an environment binding resumes nowhere unless the mismatch is accepted", async () => {
  for (const bound of ["", "  ", null]) {
    const job = await paused();
    await edit(job, { environment_fingerprint: bound });
    await assert.rejects(job.resume(), { detail: "environment_mismatch" });
    const { state } = await job.resume({ allowEnvMismatch: true });
    assert.equal(state.status_reason_code, "resumed_with_env_override");
  }
});

Deno.test("another environment needs to be accepted, and the bound one stays", async () => {
  const job = await paused();
  await assert.rejects(job.resume({ envFingerprint: "envfp:x" }), { detail: "environment_mismatch" });
  const { state } = await job.resume({ envFingerprint: "envfp:x", allowEnvMismatch: true });
  assert.equal(state.environment_fingerprint, "envfp:lab");
});

Deno.test("a revoked identity never resumes, and declaring one revoked needs an identity", async () => {
  const bound = await paused({ identity: "agent.a" });
  await assert.rejects(bound.resume({ identityRevoked: true }), { detail: "identity_revoked" });
  await assert.rejects(bound.resume({ identity: "agent.b" }), { detail: "identity_mismatch" });
  const free = await paused();
  await assert.rejects(free.resume({ identityRevoked: true }), { detail: "identity_missing" });
  const listed = await paused({ identity: "agent.a" }, { list: '["agent.a"]', broken: '["agent.a", 5]' });
  await assert.rejects(listed.resume({ identityRevocations: "list" }), { detail: "identity_revoked" });
  await assert.rejects(listed.resume({ identityRevocations: "broken" }), {
    detail: "revocation_list_invalid",
  });
});

Deno.test("a job under a policy resumes under a named one only", async () => {
  const job = await paused({ policyDigest: "d1" });
  await assert.rejects(job.resume(), { detail: "policy_missing" });
  await assert.rejects(job.resume({ policyRef: "r" }), { detail: "policy_missing" });
  const { state, event } = await job.resume({ policyDigest: "d2" });
  assert.equal(state.status_reason_code, "resumed_with_policy_transition");
  assert.equal(event.payload!.policy_changed, true);
});
