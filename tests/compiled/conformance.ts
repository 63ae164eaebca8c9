import { readCases, readRed } from "../conformance/case.ts";
import { missingNeed } from "../conformance/needs.ts";
import { runCases } from "../conformance/runner.ts";

/** About this many cases are run. */
const SAMPLE = 30;

/**
 * Run an even sample of the recorded cases that must pass.
 *
 * @returns how many passed and failed
 */
export async function runSample(executable: string): Promise<{ passed: number; failed: number }> {
  const red = readRed();
  const all = [...readCases()].filter(([id, recorded]) =>
    !red.has(id) && missingNeed(recorded) === undefined
  );
  const chosen = all.filter((_, i) => i % Math.max(1, Math.floor(all.length / SAMPLE)) === 0);
  const results = await runCases([executable], new Map(chosen));
  const failed = [...results].filter(([, problems]) => problems.length > 0);
  for (const [id, problems] of failed) console.log([`FAIL ${id}`, ...problems].join("\n     "));
  return { passed: results.size - failed.length, failed: failed.length };
}
