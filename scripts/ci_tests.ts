/**
 * What `.ci/run` runs: each suite of tests as a task of its own, all side by side, then one line with the sum of all of
 * them. A suite closes with `<name>: N passed, N failed, N skipped`; one that ends badly has failed, whatever it says.
 */
import { bundle } from "./bundle.ts";
import { type Show, Turns } from "./in_turn.ts";
import { setUp } from "./setup.ts";
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
export async function runSuite(args: readonly string[], show?: Show): Promise<Counts> {
  const { tail, code } = await runShown(args, {}, show);
  return suiteCounts(tail, code);
}

/** Run suites side by side; each is shown as one piece, in their order. */
export async function runSuites(
  suites: readonly (readonly [name: string, args: readonly string[]])[],
): Promise<Counts[]> {
  const turns = new Turns(suites.length, (chunk) => void Deno.stdout.writeSync(chunk));
  return await Promise.all(suites.map(async ([name, args], at) => {
    const show = turns.of(at);
    const say = (text: string) => show(new TextEncoder().encode(`== ${name}${text}\n`));
    say("");
    const counts = await runSuite(args, show);
    say(`: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    turns.end(at);
    return counts;
  }));
}

if (import.meta.main) {
  // Before they begin, so that none waits for another to make the bundle.
  await setUp();
  await bundle(undefined, true);
  const sum = sumOf(await runSuites(SUITES.map((suite) => [suite, ["task", "--quiet", suite]])));
  console.log(`tests: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  Deno.exit(sum.passed === 0 ? 1 : statusOf(sum));
}
