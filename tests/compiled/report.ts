import type { Check, Installation } from "./installation.ts";

/** How many checks or cases ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Run checks one after another, and print how each ended. */
export async function runChecks(checks: readonly Check[], installation: Installation): Promise<Counts> {
  let failed = 0;
  for (const { name, run } of checks) {
    const problem = await run(installation).then(() => undefined, (error: Error) => error.message);
    report(name, problem === undefined ? "ok" : `FAILED\n${problem}`);
    if (problem !== undefined) failed++;
  }
  return { passed: checks.length - failed, failed, skipped: 0 };
}

/** Print one result. */
export function report(what: string, result: string): void {
  console.log(`${what.padEnd(64)} ${result}`);
}

/** Counts of several parts together. */
export function sum(parts: readonly Counts[]): Counts {
  const total = (of: keyof Counts) => parts.reduce((all, part) => all + part[of], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}
