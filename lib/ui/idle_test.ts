import assert from "node:assert/strict";
import { idleEnd } from "./idle.ts";

Deno.test("a server ends when nobody looks, but not while somebody does", async () => {
  let isOver = false;
  const idle = idleEnd(1_000_000n);
  const [one, other] = [idle.hold(), idle.hold()];
  void idle.ended.then(() => isOver = true);
  idle.onRequest();
  one();
  one();
  await idleEnd(5_000_000n).ended; // a timer that is due later than that of `idle` would have been
  assert.equal(isOver, false);
  other();
  await idle.ended;
});
