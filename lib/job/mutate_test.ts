import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { type MemoryFiles, memoryFiles } from "../../tests/support/memory_files.ts";

const FOLDER = "jobs/job-1";

/** Files that note each call that changes them, and how many bytes it writes. */
function observed() {
  const memory = memoryFiles();
  const calls: [call: string, bytes: number][] = [];
  const note = (call: string, bytes = 0) => void calls.push([call.replaceAll(`${FOLDER}/`, ""), bytes]);
  const files: MemoryFiles = {
    ...memory,
    writeAtomic(path, content, options) {
      note(`write ${path} ${options?.sync ?? true}`, content.length);
      return memory.writeAtomic(path, content, options);
    },
    appendAt(path, size, content, sync) {
      note(`append ${path} ${sync ?? true}`, content.length);
      return memory.appendAt(path, size, content, sync);
    },
    rename(from, to) {
      note(`rename ${from} ${to}`);
      return memory.rename(from, to);
    },
    remove(path) {
      note(`remove ${path}`);
      return memory.remove(path);
    },
  };
  return { files, memory, calls };
}

Deno.test("a mutation writes the new state once, and replaces the previous one after its event is logged", async () => {
  const { files, memory, calls } = observed();
  const job = jobStage(fakeEffects({ files }));
  await job.submit();
  for (let i = 0; i < 200; i++) await job.checkpoint("progress", { summary: "x".repeat(100) });
  calls.length = 0;
  await job.checkpoint();
  assert.deepEqual(calls.map(([call]) => call), [
    "write next_state.json content",
    "write pending_mutation.json true",
    "append events.jsonl true",
    "rename next_state.json state.json",
    "remove pending_mutation.json",
  ]);
  const state = memory.text(`${FOLDER}/state.json`)!.length;
  assert(calls[0]![1] === state && state > 40_000, `${calls[0]![1]} bytes of ${state}`);
  assert(calls[1]![1] + calls[2]![1] < 2_000, "the marker and the event do not grow with the state");
});

Deno.test("a mutation that could not be marked leaves nothing behind", async () => {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  const before = memory.paths();
  memory.breakWrites(`${FOLDER}/pending_mutation.json`);
  await assert.rejects(job.checkpoint(), { code: "io_failure" });
  assert.deepEqual(memory.paths(), before);
  assert.equal((await job.read()).state.revision, 1);
});
