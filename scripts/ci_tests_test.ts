import assert from "node:assert/strict";
import { suiteCounts } from "./ci_tests.ts";

const OUTPUT = "ok | 3 passed\ntests: 3 passed, 0 failed, 1 skipped\n";

Deno.test("suiteCounts() reads the last closing line of a suite", () => {
  assert.deepEqual(suiteCounts(OUTPUT, 0), { passed: 3, failed: 0, skipped: 1 });
  assert.deepEqual(suiteCounts(`${OUTPUT}python: 2 passed, 1 failed, 0 skipped\n`, 1), {
    passed: 2,
    failed: 1,
    skipped: 0,
  });
});

Deno.test("suiteCounts() counts a suite as failed that ended badly or did not close", () => {
  assert.deepEqual(suiteCounts(OUTPUT, 1), { passed: 3, failed: 1, skipped: 1 });
  assert.deepEqual(suiteCounts("nothing", 0), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(suiteCounts("", 137), { passed: 0, failed: 1, skipped: 0 });
});
