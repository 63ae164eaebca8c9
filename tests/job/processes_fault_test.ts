/** Processes that change one job at the same time: every revision exists once, and none is lost. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const PROCESSES = 32;

Deno.test(`${PROCESSES} processes change one job, and every revision exists once`, () =>
  onStage(async ({ gait, gaitWith }) => {
    await gait`job submit --id shared`;
    const env = { GAIT_JOB_LOCK_TIMEOUT: "120s" };
    const results = await Promise.all(
      Array.from(
        { length: PROCESSES },
        (_, i) =>
          gaitWith({ env }, "job", "checkpoint", "add", "--id", "shared", "--summary", `by ${i}`, "--json"),
      ),
    );
    assert.deepEqual(results.map(({ code }) => code), results.map(() => 0));
    const revisions = results.map(({ json }) => json.job.revision).sort((a, b) => a - b);
    assert.deepEqual(revisions, Array.from(revisions, (_, i) => i + 2));
    const { json } = await gait`job inspect --id shared --json`;
    assert.deepEqual(
      json.events.map((event: { revision: number }) => event.revision),
      Array.from({ length: PROCESSES + 1 }, (_, i) => i + 1),
    );
    const summaries = json.job.checkpoints.map((checkpoint: { summary: string }) => checkpoint.summary);
    assert.equal(new Set(summaries).size, PROCESSES);
  }));
