import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { prettyJson } from "../formats/json/mod.ts";
import { encodeJobState, type JobState } from "../schema/job.ts";
import { encodeStateFile } from "./state_cache.ts";

const whole = (state: JobState) => decodeUtf8(prettyJson(encodeJobState(state)));

Deno.test("encodeStateFile() gives the same bytes whatever was encoded before", async () => {
  const job = jobStage();
  const { state: empty } = await job.submit({ actor: "mia" });
  const { state: one } = await job.checkpoint("plan");
  await job.approve();
  const approved = (await job.read()).state;
  const text = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());
  fc.assert(fc.property(
    fc.constantFrom(empty, approved),
    fc.array(fc.array(fc.record({ summary: text, actor: text }), { maxLength: 4 }), { maxLength: 5 }),
    (start, rounds) => {
      let previous: JobState | undefined;
      let state = { ...start };
      for (const added of rounds) {
        assert.equal(decodeUtf8(encodeStateFile(state, previous)), whole(state));
        previous = state;
        const items = added.map((item) => ({ ...one.checkpoints[0]!, ...item }));
        state = { ...state, revision: state.revision + 1, checkpoints: [...state.checkpoints, ...items] };
      }
      const [, ...others] = state.checkpoints;
      const other = { ...state, checkpoints: others };
      assert.equal(decodeUtf8(encodeStateFile(other, previous)), whole(other));
    },
  ));
});

Deno.test("a state that another process changed is read anew", async () => {
  const files = memoryFiles();
  const job = jobStage(fakeEffects({ files }));
  await job.submit();
  await job.checkpoint();
  const path = "jobs/job-1/state.json";
  await files.writeAtomic(path, utf8(files.text(path)!.replace('"summary": "s"', '"summary": "t"')));
  const { state } = await job.checkpoint();
  assert.deepEqual(state.checkpoints.map(({ summary }) => summary), ["t", "s"]);
  assert.equal(files.text(path), whole(state));
});
