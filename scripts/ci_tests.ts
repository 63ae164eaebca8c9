/**
 * What `.ci/run` runs: each suite of tests as a task of its own, three at a time, then one line with the sum of all of
 * them. A suite closes with `<name>: N passed, N failed, N skipped`; one that ends badly has failed, whatever it says.
 */
import { bundle } from "./bundle.ts";
import { print, type Show, Turns } from "./in_turn.ts";
import { setUp } from "./setup.ts";
import { runShown } from "./shown_run.ts";
import { type Counts, statusOf, sumOf } from "./test_counts.ts";

/** A suite: what it is called, and the words for Deno that run it. */
type Suite = readonly [name: string, args: readonly string[]];

/**
 * The tasks of deno.json, those of a lane one after the other, lanes side by side. The first, which README.md names,
 * takes most of the time while it runs, with three files at a time; the others, which mostly wait for one process each,
 * share the machine when it has ended.
 */
const LANES: readonly (readonly Suite[])[] = [["test"], ["test:sdk", "test:mcp"], ["test:integrations"]]
  .map((lane) => lane.map((task) => [task, ["task", "--quiet", task]] as const));

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

/** Run lanes side by side, the suites of each one after the other; a suite is shown as one piece, in their order. */
async function runLanes(lanes: readonly (readonly Suite[])[]): Promise<Counts[]> {
  const turns = new Turns(lanes.flat().length, print);
  let place = 0;
  const counts = await Promise.all(lanes.map(async (lane) => {
    const first = place;
    place += lane.length;
    const all: Counts[] = [];
    for (const [i, [name, args]] of lane.entries()) {
      const show = turns.of(first + i);
      const say = (text: string) => show(new TextEncoder().encode(`== ${name}${text}\n`));
      say("");
      const counts = await runSuite(args, show);
      say(`: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
      turns.end(first + i);
      all.push(counts);
    }
    return all;
  }));
  return counts.flat();
}

if (import.meta.main) {
  // Before they begin, so that none waits for another to make the bundle.
  await setUp();
  await bundle(undefined, true);
  const sum = sumOf(await runLanes(LANES));
  console.log(`tests: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  Deno.exit(sum.passed === 0 ? 1 : statusOf(sum));
}
