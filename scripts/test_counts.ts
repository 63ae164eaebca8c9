/** How many tests passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Read the last lines of `deno test`, such as `ok | 12 passed (3 steps) | 0 failed | 2 ignored (1s)`. A run that
 * ended badly has failed, whatever they say.
 */
export function countTests(output: string, exitStatus: number): Counts {
  const summary = output.split("\n").findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line)) ?? "";
  const count = (word: string) => Number(new RegExp(`\\b(\\d+) ${word}\\b`).exec(summary)?.[1] ?? 0);
  const failed = Math.max(count("failed"), exitStatus === 0 ? 0 : 1);
  return { passed: count("passed"), failed, skipped: count("ignored") };
}

/** The counts of several runs together. */
export function sumOf(runs: readonly Counts[]): Counts {
  return runs.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }), { passed: 0, failed: 0, skipped: 0 });
}

/** The exit status for counts: a run that found no test has proved nothing, so it fails too. */
export function statusOf({ passed, failed, skipped }: Counts): number {
  return failed > 0 || passed + skipped === 0 ? 1 : 0;
}
