import assert from "node:assert/strict";
import { jobStage } from "../../tests/support/job.ts";
import { compareInstants } from "../formats/time.ts";
import { JOB_STATUSES, type JobStatus } from "../schema/job.ts";
import { approveJob } from "./approve.ts";

/** Bring a new job into a status. */
async function jobIn(status: JobStatus) {
  const job = jobStage();
  await job.submit();
  if (status === "paused") await job.change("pause");
  if (status === "decision_needed") await job.checkpoint("decision-needed");
  if (status === "blocked") await job.checkpoint("blocked");
  if (status === "completed") await job.checkpoint("completed");
  if (status === "cancelled") await job.change("cancel");
  if (status === "emergency_stopped") await job.change("stop");
  assert.equal((await job.read()).state.status, status);
  return job;
}

/** From where each action is allowed, and the status that it leads to (docs/spec/job.md 3.1). */
const ALLOWED: Readonly<Record<string, { readonly from: readonly JobStatus[]; readonly to?: JobStatus }>> = {
  pause: { from: ["running", "decision_needed"], to: "paused" },
  stop: { from: ["running", "paused", "decision_needed", "blocked"], to: "emergency_stopped" },
  cancel: { from: ["running", "paused", "decision_needed", "blocked", "emergency_stopped"], to: "cancelled" },
  resume: { from: ["paused", "blocked"], to: "running" },
  plan: { from: JOB_STATUSES },
  progress: { from: JOB_STATUSES },
  "decision-needed": { from: ["running", "paused", "decision_needed", "blocked"], to: "decision_needed" },
  blocked: { from: ["running", "paused", "decision_needed", "blocked"], to: "blocked" },
  completed: { from: ["running", "paused", "decision_needed", "blocked"], to: "completed" },
  approve: { from: JOB_STATUSES },
};

for (const [action, { from, to }] of Object.entries(ALLOWED)) {
  Deno.test(`${action} is allowed from ${from.join(", ")} alone, and a refusal changes nothing`, async () => {
    for (const status of JOB_STATUSES) {
      const job = await jobIn(status);
      const before = await job.inspect();
      const act = () => {
        if (action === "pause" || action === "stop" || action === "cancel") return job.change(action);
        if (action === "resume") return job.resume();
        if (action === "approve") return job.approve();
        return job.checkpoint(action as "plan");
      };
      if (from.includes(status)) {
        const { state, event } = await act();
        assert.equal(state.status, to ?? status);
        assert.equal(state.revision, before.state.revision + 1);
        assert.deepEqual((await job.inspect()).events.at(-1), event);
      } else {
        const open = action === "resume" && status === "decision_needed";
        await assert.rejects(act(), {
          code: "invalid_input",
          detail: open ? "approval_missing" : "illegal_transition",
        });
        assert.deepEqual(await job.inspect(), before);
      }
    }
  });
}

Deno.test("every action on a job that is not there says so and makes no folder", async () => {
  const job = jobStage();
  const acts = [
    () => job.change("stop"),
    () => job.checkpoint(),
    () => job.approve(),
    () => job.resume(),
    () => job.read(),
    () => job.inspect(),
  ];
  for (const act of acts) await assert.rejects(act(), { code: "invalid_input", detail: "job_not_found" });
  assert.deepEqual(await job.effects.files.list("jobs"), []);
});

Deno.test("the times of a job only go forward, even when a clock is set back", async () => {
  const job = jobStage();
  const { state: submitted } = await job.submit();
  const { state } = await approveJob("jobs", "job-1", { actor: "lead" }, { ...job.effects, now: () => 0 });
  assert(compareInstants(state.updated_at, submitted.updated_at) > 0);
  assert.equal(state.approvals[0]!.created_at, state.updated_at);
});
