import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { utf8 } from "../formats/bytes.ts";
import { sha256 } from "../signing/mod.ts";
import { findDivergences } from "./divergences.ts";
import { encodePending } from "./pending.ts";

const FOLDER = "jobs/job-1";

/** Versions of the marker: the states in a file of their own, or in the marker, as the existing program writes them. */
const MARKERS = ["2.0.0", "1.0.0"] as const;

/** A job and its folder as a crash at some moment of a pause would leave it. */
async function crashed(leave: {
  readonly state: "previous" | "updated" | "torn";
  readonly log?: (line: string) => string;
  readonly marker?: typeof MARKERS[number];
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
  if (leave.marker === "1.0.0") {
    const states = { previous_state: JSON.parse(previous), updated_state: JSON.parse(updated) };
    await put(
      "pending_mutation.json",
      JSON.stringify({
        schema_version: "1.0.0",
        job_id: "job-1",
        ...states,
        event: { ...event, payload: undefined, actor: undefined },
      }),
    );
  } else {
    await memory.writeAtomic(`${FOLDER}/pending_mutation.json`, encodePending(event, await sha256(updated)));
    if (leave.state !== "updated") await put("next_state.json", updated);
  }
  return {
    ...job,
    memory,
    put,
    edit: (name: string, text: (before: string) => string) =>
      put(name, text(memory.text(`${FOLDER}/${name}`)!)),
    tornFiles: () => memory.paths().filter((path) => path.includes(".torn-")),
    refused: async () => {
      for (const act of [job.read, job.inspect, () => job.change("stop")]) {
        await assert.rejects(act(), { code: "invalid_input", detail: "pending_mutation_invalid" });
      }
      assert(memory.paths().includes(`${FOLDER}/pending_mutation.json`));
    },
  };
}

for (const marker of MARKERS) {
  Deno.test(`a mutation whose event was logged is completed, another one undone: marker ${marker}`, async () => {
    for (const state of ["previous", "updated", "torn"] as const) {
      for (
        const [log, expected] of [
          [() => "", "running"],
          [(line: string) => line.slice(0, 20), "running"],
          [(line: string) => line.slice(0, -2), "running"],
          [(line: string) => line.slice(0, -1), "paused"],
          [(line: string) => line, "paused"],
        ] as const
      ) {
        const job = await crashed({ state, log, marker });
        // The previous state is nowhere else than in state.json: if it is lost there, the mutation is completed.
        const status = marker === "2.0.0" && state !== "previous" ? "paused" : expected;
        assert.equal((await job.read()).state.status, status);
        assert.deepEqual(await findDivergences("jobs", job.memory), []);
        const next = await job.change(status === "running" ? "pause" : "stop");
        const { events } = await job.inspect();
        assert.deepEqual(events.map((event) => event.revision), Array.from(events, (_, i) => i + 1));
        assert.deepEqual(events.at(-1), next.event);
        assert.deepEqual(
          job.memory.paths().filter((path) => !path.includes(".torn-")),
          [`${FOLDER}/events.jsonl`, `${FOLDER}/state.json`],
        );
      }
    }
  });
}

Deno.test("a state is restored from the file that the marker describes, from no other one", async () => {
  for (
    const text of [
      (whole: string) => whole.slice(0, -2),
      (whole: string) => whole.replace("paused", "running"),
    ]
  ) {
    for (const log of [() => "", (line: string) => line]) {
      const job = await crashed({ state: "torn", log });
      await job.edit("next_state.json", text);
      await job.refused();
    }
  }
  const job = await crashed({ state: "previous", log: (line) => line });
  await job.memory.remove(`${FOLDER}/next_state.json`);
  await job.refused();
});

Deno.test("a state of another job is not the one before the mutation, and nothing is given up for it", async () => {
  const job = await crashed({ state: "previous", log: () => "" });
  await job.edit("state.json", (text) => text.replaceAll("job-1", "job-2"));
  assert.equal((await job.read()).state.status, "paused");
  const old = await crashed({ state: "updated", log: (line) => line });
  const marker = old.memory.text(`${FOLDER}/pending_mutation.json`)!;
  await old.change("stop");
  await old.put("pending_mutation.json", marker);
  await old.edit("state.json", (text) => text.replaceAll("job-1", "job-2"));
  await assert.rejects(old.read(), { detail: "job_state_invalid" });
  assert(old.memory.paths().includes(`${FOLDER}/pending_mutation.json`));
});

Deno.test("a link does not become the state of a job, whatever it leads to", async () => {
  for (const state of ["previous", "torn"] as const) {
    const job = await crashed({ state, log: (line) => line });
    const { stat } = job.memory;
    Object.assign(job.memory, {
      stat: async (path: string) => {
        const info = await stat(path);
        return info && path.endsWith("/next_state.json") ? { ...info, kind: "symlink" } : info;
      },
    });
    await job.refused();
    Object.assign(job.memory, { stat });
    assert.equal((await job.read()).state.status, "paused");
  }
});

Deno.test("a next state without a marker means nothing", async () => {
  const job = await crashed({ state: "previous" });
  await job.memory.remove(`${FOLDER}/pending_mutation.json`);
  assert.equal((await job.read()).state.status, "running");
  assert.equal((await job.change("stop")).state.status, "emergency_stopped");
  assert.deepEqual(await findDivergences("jobs", job.memory), []);
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
  for (const marker of MARKERS) {
    const log = (line: string) => line.replace('"paused"', '"cancelled"');
    assert.equal((await (await crashed({ state: "previous", log, marker })).read()).state.status, "running");
  }
  await (await crashed({ state: "updated", log: (line) => line.replace('"paused"', '"cancelled"') }))
    .refused();
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

Deno.test("a marker of another job, or one that says too little, is kept and refused", async () => {
  for (
    const [marker, changes] of [
      ["1.0.0", [
        { job_id: "job-2" },
        { previous_state: undefined },
        { event: {} },
        { updated_state: 1 },
        { updated_state_sha256: "00".repeat(32) },
        { schema_version: "2.0.0" },
        { schema_version: "1.1.0" },
      ]],
      ["2.0.0", [
        { job_id: "job-2" },
        { updated_state_sha256: "" },
        { updated_state_sha256: 1 },
        { event: null },
        { previous_state: { job_id: "job-1" } },
        { schema_version: "1.0.0" },
        { schema_version: "3.0.0" },
      ]],
    ] as const
  ) {
    for (const change of changes) {
      const job = await crashed({ state: "previous", marker });
      await job.edit("pending_mutation.json", (text) => JSON.stringify({ ...JSON.parse(text), ...change }));
      await job.refused();
    }
  }
});

Deno.test("a marker that can't be read is kept and refused", async () => {
  for (const text of ["{not", "[]", "", '{"job_id":"job-1","event":{"job_id":"job-1","revision":"2"}}']) {
    const job = await crashed({ state: "previous" });
    await job.put("pending_mutation.json", text);
    await job.refused();
  }
});

Deno.test("no event is appended to an incomplete line, also when no mutation was interrupted", async () => {
  for (
    const [edit, lines] of [[(log: string) => log.slice(0, -1), 2], [
      (log: string) => log + '{"torn',
      3,
    ]] as const
  ) {
    const memory = memoryFiles();
    const job = jobStage(fakeEffects({ files: memory }));
    await job.submit();
    const tail = edit(memory.text(`${FOLDER}/events.jsonl`)!);
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
  const changes = [
    ...[{ job_id: "job-2" }, { status: "thriving" }, { schema_id: "x" }, { schema_version: "2.0.0" }],
    ...[{ revision: "1" }, { revision: -1 }, { updated_at: "9999-12-31T23:59:59.999999999" }],
  ];
  for (const change of changes) {
    await memory.writeAtomic(`${FOLDER}/state.json`, utf8(JSON.stringify({ ...state, ...change })));
    await assert.rejects(job.read(), { code: "invalid_input", detail: "job_state_invalid" });
    await assert.rejects(job.change("stop"), { detail: "job_state_invalid" });
  }
  const last = { ...state, updated_at: "9999-12-31T23:59:59.999999999Z" };
  await memory.writeAtomic(`${FOLDER}/state.json`, utf8(JSON.stringify(last)));
  await assert.rejects(job.change("stop"), { code: "invalid_input", detail: "job_state_invalid" });
});

Deno.test("a state that is nested without end is refused, as any other that can't be read", async () => {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit();
  const state = memory.text(`${FOLDER}/state.json`)!;
  for (const [open, close] of [["[", "]"], ['{"x":', "}"]] as const) {
    const deep = open.repeat(100_000) + (open === "[" ? "" : "1") + close.repeat(100_000);
    await memory.writeAtomic(`${FOLDER}/state.json`, utf8(state.replace(/\}\s*$/, `,\n  "x": ${deep}\n}\n`)));
    await assert.rejects(job.read(), { code: "invalid_input", detail: "job_state_invalid" });
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
