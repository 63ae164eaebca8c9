import assert from "node:assert/strict";
import { lockTurns } from "./lock_turns.ts";

Deno.test("a lock is free for an eighth of the time that it was held, and parts of a millisecond add up", () => {
  const gapAfter = lockTurns();
  assert.equal(gapAfter(80), 10);
  assert.deepEqual([4, 4, 4, 4].map(gapAfter), [0, 1, 0, 1]);
});

Deno.test("a clock that stands still, or is set back or forward, keeps the lock from nobody and stops nobody for long", () => {
  for (const held of [0, -5_000]) {
    const gapAfter = lockTurns();
    const gaps = Array.from({ length: 16 }, () => gapAfter(held));
    assert.equal(gaps.reduce((sum, gap) => sum + gap), 2);
  }
  assert.equal(lockTurns()(86_400_000), 200);
});
