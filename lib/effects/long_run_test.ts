import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { prepareLongRun } from "./long_run.ts";

Deno.test("prepareLongRun() frees what nobody uses", async () => {
  const reclaim = prepareLongRun();
  const unused = (() => new WeakRef(createHash("sha256").update("x")))();
  // A weak reference holds its object until the end of the turn that made it.
  await new Promise((resolve) => setTimeout(resolve));
  reclaim();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(unused.deref(), undefined);
});
