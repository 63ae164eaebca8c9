import assert from "node:assert/strict";
import { countTests, statusOf, sumOf } from "./test_counts.ts";

for (
  const [output, status, ...expected] of [
    ["ok | 12 passed (3 steps) | 0 failed (1s)\n", 0, 12, 0, 0],
    ["ok | 12 passed | 0 failed | 3 ignored (2 steps) | 4 filtered out (1s)\n\n", 0, 12, 0, 3],
    ["FAILED | 1 passed | 2 failed (1 step) | 3 ignored (1s)\n\nerror: Test failed\n", 1, 1, 2, 3],
    ["ok | 5 passed | 0 failed (1s)\n", 1, 5, 1, 0],
    ["error: no such module\n", 1, 0, 1, 0],
    ["a test prints 9 passed | 9 failed\nok | 1 passed | 0 failed (1s)\n", 0, 1, 0, 0],
  ] as const
) {
  Deno.test(`countTests() reads ${JSON.stringify(output)} with status ${status}`, () => {
    const [passed, failed, skipped] = expected;
    assert.deepEqual(countTests(output, status), { passed, failed, skipped });
  });
}

Deno.test("statusOf() is 0 when no test failed, but not when none was found", () => {
  const counts = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped });
  assert.equal(statusOf(counts(1, 0, 0)), 0);
  assert.equal(statusOf(counts(0, 0, 1)), 0);
  assert.equal(statusOf(counts(1, 1, 0)), 1);
  assert.equal(statusOf(counts(0, 0, 0)), 1);
  assert.equal(statusOf(sumOf([])), 1);
  assert.deepEqual(sumOf([counts(1, 2, 3), counts(10, 20, 30)]), counts(11, 22, 33));
});
