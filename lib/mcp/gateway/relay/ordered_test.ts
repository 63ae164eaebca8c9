import assert from "node:assert/strict";
import fc from "fast-check";
import { Ordered } from "./ordered.ts";

Deno.test("Ordered delivers in the order of arrival, whichever work is done first", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }), async (ranks) => {
    const ordered = new Ordered();
    const delivered: number[] = [];
    const work = ranks.map((rank, at) => ({ rank, at, done: Promise.withResolvers<() => void>() }));
    const all = work.map(({ done }) => ordered.add(done.promise));
    for (const { at, done } of work.toSorted((a, b) => a.rank - b.rank)) {
      done.resolve(() => void delivered.push(at));
    }
    await Promise.all(all);
    assert.deepEqual(delivered, ranks.map((_rank, at) => at));
  }));
});

Deno.test("Ordered goes on behind a failure, and reports it to who is concerned", async () => {
  const ordered = new Ordered();
  const failed = ordered.add(Promise.reject(new Error("no")));
  let delivered = false;
  const next = ordered.add(Promise.resolve(() => void (delivered = true)));
  await assert.rejects(failed, /no/);
  await next;
  assert.equal(delivered, true);
});
