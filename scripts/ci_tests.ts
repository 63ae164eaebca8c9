/**
 * What `.ci/run` runs: each suite of tests as a task of its own, then one line with the sum of all of them. A suite
 * closes with `<name>: N passed, N failed, N skipped`; one that ends badly has failed, whatever it says.
 */
import { runShown } from "./shown_run.ts";
import { type Counts, statusOf, sumOf } from "./test_counts.ts";

/** The tasks of deno.json; the first is the one that README.md names. */
const SUITES: readonly string[] = ["test", "test:sdk", "test:integrations", "test:mcp"];

/** The counts of a suite from its last lines. */
export function suiteCounts(output: string, exitStatus: number): Counts {
  const line = output.trimEnd().split("\n").findLast((line) =>
    /^[\w ]+: \d+ passed, \d+ failed, \d+ skipped$/.test(line)
  );
  const [passed = 0, failed = 0, skipped = 0] = (line?.match(/\d+ (?=passed|failed|skipped)/g) ?? []).map(
    Number,
  );
  return { passed, failed: Math.max(failed, exitStatus === 0 && line !== undefined ? 0 : 1), skipped };
}

/** Run a suite with Deno, show what it prints, and count. */
export async function runSuite(args: readonly string[]): Promise<Counts> {
  const { tail, code } = await runShown(args);
  return suiteCounts(tail, code);
}

if (import.meta.main) {
  const all: Counts[] = [];
  for (const suite of SUITES) {
    console.log(`== ${suite}`);
    const counts = await runSuite(["task", "--quiet", suite]);
    console.log(`== ${suite}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    all.push(counts);
  }
  const sum = sumOf(all);
  console.log(`tests: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  Deno.exit(sum.passed === 0 ? 1 : statusOf(sum));
}
