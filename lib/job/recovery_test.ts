import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { utf8 } from "../formats/bytes.ts";
import { findDivergences } from "./divergences.ts";

const FOLDER = "jobs/job-1";

/** A job and its folder as a crash at some moment of a pause would leave it. */
async function crashed(leave: {
  readonly state: "previous" | "updated" | "torn";
  readonly log?: (line: string) => string;
}) {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  const previous = memory.text(`${FOLDER}/state.json`)!;
  const log = memory.text(`${FOLDER}/events.jsonl`)!;
  const { event } = await job.change("pause");
  const updated = memory.text(`${FOLDER}/state.json`)!;
  const line = memory.text(`${FOLDER}/events.jsonl`)!.slice(log.length);
  const put = (name: string, text: string) => memory.writeAtomic(`${FOLDER}/${name}`, utf8(text));
  await put("state.json", { previous, updated, torn: updated.slice(0, 40) }[leave.state]);
  await put("events.jsonl", log + (leave.log?.(line) ?? ""));
  await put(
    "pending_mutation.json",
    JSON.stringify({
      job_id: "job-1",
      previous_state: JSON.parse(previous),
      updated_state: JSON.parse(updated),
      event: { ...event, payload: undefined, actor: undefined },
    }),
  );
  return { ...job, memory, put, tornFiles: () => memory.paths().filter((path) => path.includes(".torn-")) };
}

Deno.test("a mutation whose event was logged is completed, another one undone, wherever the crash was", async () => {
  for (const state of ["previous", "updated", "torn"] as const) {
    for (
      const [log, status] of [
        [() => "", "running"],
        [(line: string) => line.slice(0, 20), "running"],
        [(line: string) => line.slice(0, -2), "running"],
        [(line: string) => line.slice(0, -1), "paused"],
        [(line: string) => line, "paused"],
      ] as const
    ) {
      const job = await crashed({ state, log });
      assert.equal((await job.read()).state.status, status);
      assert.deepEqual(await findDivergences("jobs", job.memory), []);
      const next = await job.change(status === "running" ? "pause" : "stop");
      const { events } = await job.inspect();
      assert.deepEqual(events.map((event) => event.revision), Array.from(events, (_, i) => i + 1));
      assert.deepEqual(events.at(-1), next.event);
    }
  }
});

Deno.test("a torn event is kept next to the log, with a warning", async () => {
  const job = await crashed({ state: "updated", log: (line) => line.slice(0, 25) });
  const { warnings } = await job.read();
  assert.equal(warnings.length, 1);
  const [kept] = job.tornFiles();
  assert.equal(job.memory.text(kept!)!.length, 25);
  assert.equal((await job.read()).warnings.length, 0);
});

Deno.test("a different event of the same revision does not complete a mutation", async () => {
  const job = await crashed({ state: "updated", log: (line) => line.replace('"paused"', '"cancelled"') });
  assert.equal((await job.read()).state.status, "running");
});

Deno.test("a marker that is older than the log changes nothing", async () => {
  const job = await crashed({ state: "updated", log: (line) => line });
  const marker = job.memory.text(`${FOLDER}/pending_mutation.json`)!;
  const { state } = await job.change("stop");
  await job.put("pending_mutation.json", marker);
  assert.deepEqual((await job.read()).state, state);
  await job.put("pending_mutation.json", marker);
  await job.put("state.json", JSON.stringify({ ...state, revision: 2 }));
  await assert.rejects(job.read(), { detail: "pending_mutation_invalid" });
});

Deno.test("a marker of another job, or one that would delete a state, is kept and refused", async () => {
  for (
    const change of [{ job_id: "job-2" }, { previous_state: undefined }, { event: {} }, { updated_state: 1 }]
  ) {
    const job = await crashed({ state: "updated" });
    const marker = JSON.parse(job.memory.text(`${FOLDER}/pending_mutation.json`)!);
    await job.put("pending_mutation.json", JSON.stringify({ ...marker, ...change }));
    for (const act of [job.read, job.inspect, () => job.change("stop")]) {
      await assert.rejects(act(), { code: "invalid_input", detail: "pending_mutation_invalid" });
    }
    assert(job.memory.paths().includes(`${FOLDER}/pending_mutation.json`));
  }
});

Deno.test("no event is appended to an incomplete line, also when no mutation was interrupted", async () => {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  const log = memory.text(`${FOLDER}/events.jsonl`)!;
  for (const [tail, lines] of [[log.slice(0, -1), 2], [log + '{"torn', 3]] as const) {
    await memory.writeAtomic(`${FOLDER}/events.jsonl`, utf8(tail));
    const { warnings } = await job.checkpoint();
    assert.equal(warnings.length, tail.endsWith("torn") ? 1 : 0);
    const { events } = await job.inspect();
    assert.equal(events.length, lines - (tail.endsWith("torn") ? 1 : 0));
  }
});

Deno.test("a log without its state refuses a submit, an empty one does not", async () => {
  const memory = memoryFiles({ [`${FOLDER}/events.jsonl`]: '{"job_id":"job-1","revision":1}\n' });
  const job = jobStage(fakeEffects({ files: memory }));
  await assert.rejects(job.submit(), { code: "invalid_input", detail: "leftover_log" });
  await memory.writeAtomic(`${FOLDER}/events.jsonl`, new Uint8Array());
  assert.equal((await job.submit()).state.revision, 1);
  await assert.rejects(job.submit(), { code: "invalid_input", detail: "job_exists" });
});

Deno.test("a state of another job, of an unknown status or schema is refused", async () => {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  const state = JSON.parse(memory.text(`${FOLDER}/state.json`)!);
  for (const change of [{ job_id: "job-2" }, { status: "thriving" }, { schema_id: "x" }, { revision: "1" }]) {
    await memory.writeAtomic(`${FOLDER}/state.json`, utf8(JSON.stringify({ ...state, ...change })));
    await assert.rejects(job.read(), { code: "invalid_input", detail: "job_state_invalid" });
    await assert.rejects(job.change("stop"), { detail: "job_state_invalid" });
  }
});

Deno.test("findDivergences() names jobs whose state and log disagree", async () => {
  const memory = memoryFiles();
  const effects = fakeEffects({ files: memory });
  for (const id of ["a", "b", "c", "d"]) await jobStage(effects, id).submit();
  const log = memory.text("jobs/a/events.jsonl")!;
  await memory.writeAtomic("jobs/a/events.jsonl", new Uint8Array());
  await memory.remove("jobs/b/state.json");
  await memory.writeAtomic("jobs/c/events.jsonl", utf8(log + log.replace('"revision":1', '"revision":2')));
  await memory.writeAtomic("jobs/d/pending_mutation.json", utf8("{}"));
  assert.deepEqual(
    (await findDivergences("jobs", memory)).map(({ jobId, kind }) => `${jobId}:${kind}`),
    [
      "a:state_ahead_of_event_log",
      "b:missing_state_with_events",
      "c:event_log_ahead_of_state",
      "d:pending_mutation",
    ],
  );
  assert.deepEqual(await findDivergences("nowhere", memory), []);
});
