import assert from "node:assert/strict";
import { countJunit } from "./pytest.ts";

const report = (tests: number, failures: number, errors: number, skipped: number) =>
  `<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="${errors}" failures="${failures}" skipped="${skipped}" tests="${tests}" time="1.0"><testcase name="tests=&quot;9&quot;"/></testsuite></testsuites>`;

for (
  const [what, text, success, ...expected] of [
    ["what passed", report(9, 0, 0, 2), true, 7, 0, 2],
    ["what failed", report(9, 1, 1, 2), false, 5, 2, 2],
    ["a run that ended badly after its tests", report(9, 0, 0, 0), false, 9, 1, 0],
    ["a run without tests", report(0, 0, 0, 0), true, 0, 1, 0],
    ["a missing report", "", true, 0, 1, 0],
  ] as const
) {
  Deno.test(`countJunit() counts ${what}`, () => {
    const [passed, failed, skipped] = expected;
    assert.deepEqual(countJunit(text, success), { passed, failed, skipped });
  });
}
