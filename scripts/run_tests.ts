/**
 * `deno task test [filter]`: set the checkout up, run all tests, and close with the line `tests: N passed, N failed, N skipped`.
 */
import { setUp } from "./setup.ts";
import { bundle } from "./bundle.ts";
import { makeWorkFolder } from "./root.ts";
import { runShown } from "./shown_run.ts";
import { countTests } from "./test_counts.ts";
import { testModules } from "./test_groups.ts";

await setUp();
await bundle({}, true);
// Tests clean up behind themselves; what one leaves when it is killed goes with the folder.
const temporary = await makeWorkFolder("tests-");
const filter = Deno.args[0];
// One more than the cores of the smallest machine that CI has: many tests wait, for a disk or for what they killed.
const { tail, code } = await runShown(
  [
    "test",
    "--quiet",
    "--no-check",
    "--allow-all",
    "--parallel",
    ...(filter ? ["--filter", filter] : []),
    ...await testModules(),
  ],
  { DENO_JOBS: "3", NO_COLOR: "1", TMPDIR: temporary },
);
await Deno.remove(temporary, { recursive: true }).catch(() => {});
const { passed, failed, skipped } = countTests(tail, code);
const noneRan = passed === 0 && failed === 0;
console.log(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(code !== 0 ? code : failed > 0 || noneRan ? 1 : 0);
