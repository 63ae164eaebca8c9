import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { utf8 } from "../formats/bytes.ts";

const LOG = "jobs/job-1/events.jsonl";

Deno.test("inspectJob() warns when the log lost an event, or has one that the state doesn't know", async () => {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  const [state, log] = [memory.text("jobs/job-1/state.json")!, memory.text(LOG)!];
  await job.checkpoint();
  assert.deepEqual((await job.inspect()).warnings, []);
  for (const lost of [log, ""]) {
    await memory.writeAtomic(LOG, utf8(lost));
    const { warnings, events } = await job.inspect();
    assert.deepEqual([warnings.length, events.length], [1, lost === "" ? 0 : 1]);
  }
  await memory.remove(LOG);
  assert.equal((await job.inspect()).warnings.length, 1);
  const other = jobStage(fakeEffects({ files: memory }), "job-2");
  await other.submit();
  await other.checkpoint();
  await memory.writeAtomic("jobs/job-2/state.json", utf8(state.replaceAll("job-1", "job-2")));
  assert.equal((await other.inspect()).warnings.length, 1);
});
