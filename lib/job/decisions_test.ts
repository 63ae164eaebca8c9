import assert from "node:assert/strict";
import fc from "fast-check";
import { jobStage } from "../../tests/support/job.ts";
import { openDecisions } from "./decisions.ts";

Deno.test("an approval given in advance does not count for a later decision", async () => {
  const job = jobStage();
  await job.submit();
  await job.approve();
  await job.approve();
  await job.checkpoint("decision-needed");
  await assert.rejects(job.resume(), { detail: "approval_missing" });
  await job.approve();
  assert.equal((await job.resume()).state.status, "running");
});

Deno.test("an approval names its decision, and two decisions need two", async () => {
  const job = jobStage();
  await job.submit();
  await job.checkpoint("decision-needed");
  await job.checkpoint("decision-needed");
  const { state, event } = await job.approve({ checkpoint: "cp_0002" });
  assert.equal(state.approvals[0]!.checkpoint_id, "cp_0002");
  assert.deepEqual(event.payload, { checkpoint_id: "cp_0002", reason: "approved" });
  assert.deepEqual(openDecisions(state).map((decision) => decision.checkpoint_id), ["cp_0001"]);
  await job.approve({ checkpoint: "cp_0002" });
  await assert.rejects(job.resume(), { detail: "approval_missing" });
  assert.equal((await job.approve()).state.approvals.at(-1)!.checkpoint_id, "cp_0001");
  await job.resume();
});

Deno.test("only a decision of this job can be approved by name", async () => {
  const job = jobStage();
  await job.submit();
  await job.checkpoint("progress");
  await assert.rejects(job.approve({ checkpoint: "cp_0001" }), { detail: "checkpoint_no_decision" });
  await assert.rejects(job.approve({ checkpoint: "cp_0002" }), { detail: "checkpoint_not_found" });
});

Deno.test("a pause or a block between decision and resume does not save the approval", async () => {
  for (const between of ["pause", "blocked"] as const) {
    const job = jobStage();
    await job.submit();
    await job.checkpoint("decision-needed");
    if (between === "pause") await job.change("pause");
    else await job.checkpoint("blocked");
    await assert.rejects(job.resume(), { detail: "approval_missing" });
  }
});

Deno.test("an approval by the requester gives a warning", async () => {
  const job = jobStage();
  await job.submit({ actor: "mia" });
  await job.checkpoint("decision-needed", { actor: "mia" });
  assert.equal((await job.approve({ actor: "mia" })).warnings.length, 1);
  assert.equal((await job.approve({ actor: "lead" })).warnings.length, 0);
});

Deno.test("openDecisions() counts unnamed approvals of other programs, each for a decision before it", async () => {
  const job = jobStage();
  const { state } = await job.submit();
  const time = (n: number) => `2026-01-01T00:00:00.${String(n).padStart(3, "0")}Z` as typeof state.updated_at;
  fc.assert(fc.property(fc.array(fc.constantFrom("ask", "approve"), { maxLength: 20 }), (steps) => {
    const checkpoints: typeof state.checkpoints = [];
    const approvals: typeof state.approvals = [];
    let open = 0;
    for (const [i, step] of steps.entries()) {
      if (step === "ask") {
        open++;
        checkpoints.push({
          checkpoint_id: `cp_${i}`,
          created_at: time(i),
          type: "decision-needed",
          summary: "",
          required_action: "x",
          reason_code: "",
          actor: "",
        });
      } else {
        open = Math.max(0, open - 1);
        approvals.push({ created_at: time(i), actor: "a", reason: "" });
      }
    }
    assert.equal(openDecisions({ ...state, checkpoints, approvals }).length, open);
  }));
});
