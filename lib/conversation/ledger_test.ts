import assert from "node:assert/strict";
import { openCalls } from "./ledger.ts";

Deno.test("openCalls() gives an answer to the earliest waiting call of the latest turn", () => {
  const open = openCalls();
  open.add("id", 0, 1);
  open.add("id", 1, 2);
  open.add("id", 2, 2);
  assert.deepEqual([1, 2, 3, 4].map(() => open.take("id")), [1, 2, 0, undefined]);
});

Deno.test("openCalls() tells an answered name from one that never was", () => {
  const open = openCalls();
  open.add("id", 0, 0);
  open.take("id");
  assert.equal(open.knows("id"), true);
  assert.equal(open.knows("other"), false);
  assert.equal(open.take("other"), undefined);
});
