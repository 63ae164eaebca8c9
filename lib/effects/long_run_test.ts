import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { prepareLongRun } from "./long_run.ts";

// The first test: once the flag is set, every new context has `gc`.
Deno.test("prepareLongRun() does without gc where flags that are set late are ignored", () => {
  assert.equal(prepareLongRun(() => {})(), undefined);
});

Deno.test("prepareLongRun() frees what nobody uses", async () => {
  const reclaim = prepareLongRun();
  const unused = (() => new WeakRef(createHash("sha256").update("x")))();
  // A weak reference holds its object until the end of the turn that made it.
  await new Promise((resolve) => setTimeout(resolve));
  reclaim();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(unused.deref(), undefined);
});
