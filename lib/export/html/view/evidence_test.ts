import assert from "node:assert/strict";
import { jobPackSample, runPackSample } from "../../../../tests/support/sample_packs.ts";
import { packSample, testKey } from "../../../../tests/support/sample_run.ts";
import { viewEvidence } from "./evidence.ts";
import type { Step } from "./step.ts";

const wordsOf = (steps: readonly Step[]) => steps.map(({ title, tag }) => [title, tag?.word, tag?.tone]);

Deno.test("viewEvidence() reports a run in the order of time, with verdicts before statuses", async () => {
  const view = await viewEvidence(
    await runPackSample(undefined, (run) => {
      run.run.timeline = [{ event: "late", ts: "2026-03-01T12:00:00Z" }, {
        event: "early",
        ts: "2026-03-01T09:30:00+01:00",
      }];
    }),
  );
  assert.deepEqual(wordsOf(view.sections[0]!.steps), [
    ["early", undefined, undefined],
    ["tool.search", "allow", "good"],
    ["tool.fetch", "error", "bad"],
    ["tool.other", "no result", "plain"],
    ["late", undefined, undefined],
  ]);
  assert.equal(view.sections[1]!.steps.length, 4);
  assert.ok(view.files.some(({ path }) => path === "source/runpack.zip"));
});

Deno.test("viewEvidence() shows results that nobody asked for, and every result of a call", async () => {
  const view = await viewEvidence(
    await runPackSample(undefined, (run) => {
      run.run.timeline = [];
      run.results = [
        { intent_id: "i1", status: "error", result: {} },
        { intent_id: "i1", status: "ok", result: { verdict: "block" } },
        { intent_id: "ghost", status: "ok", result: {} },
      ];
    }),
  );
  const { steps } = view.sections[0]!;
  assert.deepEqual(wordsOf(steps)[0], ["tool.search", "block", "bad"]);
  assert.deepEqual(
    steps[0]!.facts.filter(([name]) => name === "Result").map(([, value]) => value),
    ["error", "ok"],
  );
  assert.deepEqual(steps.at(-1)!.kind, "result without a call");
});

Deno.test("viewEvidence() reports a job with its checkpoints and approvals, and a bare runpack", async () => {
  const job = await viewEvidence(await jobPackSample(await testKey(1)));
  assert.deepEqual(job.sections.map(({ title, steps }) => [title, steps.length]), [
    ["Timeline", 3],
    ["Checkpoints", 1],
    ["Approvals", 1],
  ]);
  assert.equal(job.signatures.length, 1);
  const bare = await viewEvidence((await packSample()).bytes);
  assert.equal(bare.files.length, 4);
  assert.ok(bare.sections[0]!.steps.length >= 3);
});
