import assert from "node:assert/strict";
import { counted } from "./counted.ts";

Deno.test("counted() puts the noun of one into the singular alone", () => {
  assert.deepEqual([0, 1, 2, 1n, 2n].map((count) => counted(count, "run")), [
    "0 runs",
    "1 run",
    "2 runs",
    "1 run",
    "2 runs",
  ]);
  assert.deepEqual([1, 2].map((count) => counted(count, "family", "families")), ["1 family", "2 families"]);
});
