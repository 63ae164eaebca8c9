import assert from "node:assert/strict";
import fc from "fast-check";
import { mapAhead } from "./ahead.ts";

Deno.test("mapAhead() keeps the order, and never has more than a few items under way", async () => {
  const durations = fc.array(fc.nat({ max: 5 }), { maxLength: 30 });
  await fc.assert(fc.asyncProperty(durations, fc.integer({ min: 1, max: 5 }), async (turns, width) => {
    let [now, most] = [0, 0];
    const work = async (n: number) => {
      most = Math.max(most, ++now);
      for (let i = 0; i < n; i++) await Promise.resolve();
      now--;
      return n;
    };
    const results: number[] = [];
    for await (const result of mapAhead(turns, work, width)) results.push(result);
    assert.deepEqual(results, turns);
    assert(most <= width);
  }));
});

Deno.test("mapAhead() raises the error of the first item that has one, after the results before it", async () => {
  const results: number[] = [];
  const work = (n: number) => n < 3 ? Promise.resolve(n) : Promise.reject(new Error(String(n)));
  await assert.rejects(async () => {
    for await (const result of mapAhead([1, 2, 3, 4], work)) results.push(result);
  }, { message: "3" });
  assert.deepEqual(results, [1, 2]);
});
