import assert from "node:assert/strict";
import { makeReclaimer } from "./reclaim.ts";

/** A reclaimer, with the actions that wait for their time. */
function staged() {
  const waiting = new Set<() => void>();
  let reclaimed = 0;
  const reclaimer = makeReclaimer(() => void reclaimed++, (_milliseconds, action) => {
    waiting.add(action);
    return () => void waiting.delete(action);
  });
  const decide = (count: number) => {
    for (let i = 0; i < count; i++) reclaimer.decided();
  };
  const pause = () => {
    for (const action of [...waiting]) action();
  };
  return { reclaimer, decide, pause, waiting, reclaimed: () => reclaimed };
}

Deno.test("memory is reclaimed in the first pause after many decisions, not after each of them", () => {
  const { decide, pause, waiting, reclaimed } = staged();
  decide(100);
  pause();
  assert.deepEqual([reclaimed(), waiting.size], [0, 0]);
  decide(300);
  assert.deepEqual([reclaimed(), waiting.size], [0, 1]);
  pause();
  assert.deepEqual([reclaimed(), waiting.size], [1, 0]);
  decide(100);
  pause();
  assert.equal(reclaimed(), 1);
});

Deno.test("memory is reclaimed every thousand decisions where no pause comes", () => {
  const { decide, reclaimed } = staged();
  decide(999);
  assert.equal(reclaimed(), 0);
  decide(1_001);
  assert.equal(reclaimed(), 2);
});

Deno.test("a gateway that is closed waits for no pause", () => {
  const { reclaimer, decide, waiting } = staged();
  decide(300);
  reclaimer.close();
  assert.equal(waiting.size, 0);
});
