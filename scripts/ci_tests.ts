/**
 * What `.ci/run` runs: each suite of tests as a task of its own, then one line with the sum of all of them. A suite
 * closes with `<name>: N passed, N failed, N skipped`; one that ends badly has failed, whatever it says.
 */
import type { Counts } from "./test_counts.ts";
import { root } from "./root.ts";

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
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
  }
  return suiteCounts(tail, (await child.status).code);
}

if (import.meta.main) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of SUITES) {
    console.log(`== ${suite}`);
    const counts = await runSuite(["task", "--quiet", suite]);
    console.log(`== ${suite}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
  }
  console.log(`tests: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  Deno.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
}
