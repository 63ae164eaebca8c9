/**
 * The n-th write, fsync, rename or whatever else of a mutation fails (docs/threat_model.md 21 and 22): what was reported
 * as done is there, what was not is not, state and log agree, and the job goes on.
 */
import assert from "node:assert/strict";
import { makeFiles, systemEffects } from "../../lib/effects/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { findDivergences } from "../../lib/job/divergences.ts";
import { failingDisk } from "../support/failing_disk.ts";
import { jobStage } from "../support/job.ts";

const real = systemEffects();

type Stage = ReturnType<typeof jobStage>;
const OPERATIONS: Readonly<Record<string, (job: Stage) => Promise<unknown>>> = {
  submit: (job) => job.submit(),
  checkpoint: (job) => job.checkpoint(),
  pause: (job) => job.change("pause"),
  approve: (job) => job.approve(),
};

for (const [name, operation] of Object.entries(OPERATIONS)) {
  for (const dead of [false, true]) {
    Deno.test(`${name} keeps its word when any call of the disk fails${dead ? " for good" : ""}`, async () => {
      const root = await Deno.makeTempDir({ prefix: "gait-jobs-" });
      try {
        for (const failure of ["before", "after", "half"] as const) {
          for (let n = 1;; n++) {
            const id = `${failure}${n}`;
            if (name !== "submit") await jobStage(real, id, root).submit();
            const { disk, calls } = failingDisk(n, failure, dead);
            const job = jobStage({ ...real, files: makeFiles(disk) }, id, root);
            const done = await operation(job).then(() => true, (error) => {
              assert(error instanceof GaitError && error.code === "io_failure", String(error));
              return false;
            });
            if (calls() < n) {
              assert(done);
              break; // there was no n-th call
            }
            await assertKept(id, root, { done, dead, before: name === "submit" ? 0 : 1 });
          }
        }
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    });
  }
}

async function assertKept(
  id: string,
  root: string,
  { done, dead, before }: { readonly done: boolean; readonly dead: boolean; readonly before: number },
): Promise<void> {
  const job = jobStage(real, id, root);
  const revision = await job.read().then(({ state }) => state.revision, (error) => {
    assert.equal(error.detail, "job_not_found");
    return 0;
  });
  if (done) assert.equal(revision, before + 1);
  // A process that died may have logged its event before it could say so.
  else if (dead) assert([before, before + 1].includes(revision), `${revision}`);
  else assert.equal(revision, before, "an error means that nothing was changed");
  if (revision === 0) await job.submit();
  else await job.checkpoint();
  assert.deepEqual(await findDivergences(root, real.files), []);
  const { events, state } = await job.inspect();
  assert.deepEqual(events.map((event) => event.revision), Array.from(events, (_, i) => i + 1));
  assert.equal(state.revision, revision + 1);
  const names = Array.from(Deno.readDirSync(`${root}/${id}`), ({ name }) => name);
  assert.deepEqual(names.filter((name) => /^(?:pending|next)_/.test(name)), []);
}
