import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage, unlinkJob } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { utf8 } from "../formats/bytes.ts";

Deno.test("a state that another process changed is read anew", async () => {
  const files = memoryFiles();
  const job = jobStage(fakeEffects({ files }));
  await job.submit();
  await job.checkpoint();
  await unlinkJob(files, "jobs/job-1");
  const path = "jobs/job-1/state.json";
  await files.writeAtomic(path, utf8(files.text(path)!.replace('"summary": "s"', '"summary": "t"')));
  const { state } = await job.checkpoint();
  assert.deepEqual(state.checkpoints.map(({ summary }) => summary), ["t", "s"]);
  assert.match(files.text(path)!, /"summary": "t"[^]*"summary": "s"/);
});
