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
