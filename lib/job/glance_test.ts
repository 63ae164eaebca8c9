import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { utf8 } from "../formats/bytes.ts";
import { jobStop } from "../mcp/job_stop.ts";
import { glanceAt, readCheckedJob } from "./glance.ts";
import { waitUntilRunning } from "./wait.ts";

const [STATE, LOG] = ["jobs/job-1/state.json", "jobs/job-1/events.jsonl"];

async function asked() {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  await job.checkpoint("decision-needed");
  const edit = async (path: string, change: (text: string) => string) =>
    await memory.writeAtomic(path, utf8(change(memory.text(path)!)));
  return { ...job, memory, edit, glance: () => glanceAt(job.folder, memory, job.id) };
}

Deno.test("a job that was edited is told from one whose change is not finished", async () => {
  const job = await asked();
  assert.equal((await job.glance()).finding, undefined);
  const [state, log] = [job.memory.text(STATE)!, job.memory.text(LOG)!];
  await job.checkpoint();
  await job.memory.writeAtomic(STATE, utf8(state)); // as after a crash before the state was replaced
  await job.memory.writeAtomic(`${job.folder}/pending_mutation.json`, utf8("{}"));
  assert.equal((await job.glance()).finding?.code, "pending_mutation");
  await job.memory.remove(`${job.folder}/pending_mutation.json`);
  assert.equal((await job.glance()).finding?.code, "event_log_edited");
  await job.memory.writeAtomic(LOG, utf8(log));
  assert.equal((await job.glance()).finding, undefined);
  await job.edit(STATE, (text) => text.replace('"revision": 2', '"revision": 3'));
  assert.equal((await job.glance()).finding?.code, "state_edited");
});

Deno.test("nobody goes on where the status of a job was edited", async () => {
  const job = await asked();
  const sleep = () => assert.fail("it ends at once");
  await job.edit(STATE, (text) => text.replace('"status": "decision_needed"', '"status": "running"'));
  assert.deepEqual((await readCheckedJob("jobs", job.id, job.effects)).findings.map(({ code }) => code), [
    "state_edited",
  ]);
  const refused = { code: "verification_failed", detail: "state_edited" };
  await assert.rejects(waitUntilRunning("jobs", job.id, job.effects, sleep), refused);
  await assert.rejects(jobStop("jobs", job.effects)(job.id), refused);
});

Deno.test("a stop that was edited away lets no call through, and one that was put in blocks", async () => {
  const job = await asked();
  await job.change("stop");
  const stopped = job.memory.text(STATE)!;
  await job.edit(STATE, (text) => text.replaceAll("emergency_stopped", "running"));
  await assert.rejects(jobStop("jobs", job.effects)(job.id), { detail: "state_edited" });
  await job.memory.writeAtomic(STATE, utf8(stopped.replace('"policy_ref"', '"x"').replace("2026", "2025")));
  assert.equal((await jobStop("jobs", job.effects)(job.id)).kind, "stopped");
});
