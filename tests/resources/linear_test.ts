import assert from "node:assert/strict";
import { GaitError } from "../../lib/errors/mod.ts";
import { countingWork } from "../support/work.ts";
import { isRefused, READERS } from "./hostile_inputs.ts";
import { quadratic } from "./quadratic_samples.ts";

/** Work that may grow by itself: compiling, growing tables. */
const SLACK = 20_000;
/** Twice the input may take a little more than twice the work: sorting does. */
const FACTOR = 2.5;

for (const [name, { size = 2000, capped = false, make, read }] of Object.entries(READERS)) {
  Deno.test(`twice the input takes at most twice the work: ${name}`, async () => {
    // Before counting, which slows everything down.
    const [small, once, twice] = [await make(20), await make(size), await make(2 * size)];
    await countingWork(async (count) => {
      await count(() => read(small)); // loads what is loaded at first use
      const workOf = async (input: Awaited<ReturnType<typeof make>>) => {
        const { work, error } = await count(() => read(input));
        if (error !== undefined && !(isRefused(name) && error instanceof GaitError)) throw error;
        return work;
      };
      let [before, after] = [await workOf(once), await workOf(twice)];
      // Counts of code that the engine throws away meanwhile are lost, and none are invented.
      if (after > FACTOR * before + SLACK) before = Math.max(before, await workOf(once));
      if (!capped) assert.ok(before > size, `it was not read: ${before}`);
      assert.ok(after <= FACTOR * before + SLACK, `${before} becomes ${after}`);
    });
  });
}

for (const [name, step] of Object.entries(quadratic)) {
  Deno.test(`twice the input is four times the work, and that is seen: ${name}`, () =>
    countingWork(async (count) => {
      const list = (n: number) => Array.from({ length: n }, (_, i) => `${i}`);
      const before = await count(() => step(list(500)));
      const after = await count(() => step(list(1000)));
      assert.ok(after.work > 3 * before.work, `${before.work} becomes ${after.work}`);
    }));
}
