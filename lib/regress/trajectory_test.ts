import assert from "node:assert/strict";
import fc from "fast-check";
import { packOf } from "./_test_world.ts";
import { firstMismatch, MISSING, toolSequence, verdictSequence } from "./trajectory.ts";

Deno.test("toolSequence() keeps the order, trims, and drops blank names; verdictSequence() follows results", async () => {
  const pack = await packOf("run_a", [
    { tool: " b " },
    { tool: " " },
    { tool: "a", open: true },
    { tool: "a", status: "denied" },
  ]);
  assert.deepEqual(toolSequence(pack), ["b", "a", "a"]);
  assert.deepEqual(verdictSequence(pack), ["allow", "allow", "block"]);
});

Deno.test("firstMismatch() finds the first difference, or the end of the shorter side", () => {
  assert.deepEqual(firstMismatch(["a", "b"], ["a", "c"]), { index: 1, expected: "b", actual: "c" });
  assert.deepEqual(firstMismatch(["a"], ["a", "b"]), { index: 1, expected: MISSING, actual: "b" });
  assert.deepEqual(firstMismatch(["a", "b"], ["a"]), { index: 1, expected: "b", actual: MISSING });
  assert.deepEqual(firstMismatch([], ["a"]), { index: 0, expected: MISSING, actual: "a" });
  assert.deepEqual(firstMismatch(["a"], ["a", MISSING]), { index: 1, expected: MISSING, actual: MISSING });
  assert.equal(firstMismatch([], []), undefined);
});

Deno.test("firstMismatch() is undefined for equal sequences alone, and everything before it agrees", () => {
  const sequence = fc.array(fc.constantFrom("a", "b", MISSING), { maxLength: 6 });
  fc.assert(fc.property(sequence, sequence, (left, right) => {
    const mismatch = firstMismatch(left, right);
    assert.equal(mismatch === undefined, JSON.stringify(left) === JSON.stringify(right));
    if (!mismatch) return;
    assert.deepEqual(left.slice(0, mismatch.index), right.slice(0, mismatch.index));
    assert.equal(mismatch.expected, left[mismatch.index] ?? MISSING);
    assert.equal(mismatch.actual, right[mismatch.index] ?? MISSING);
  }));
});
