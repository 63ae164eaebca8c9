import type { Counts } from "../../scripts/test_counts.ts";
import type { Check, Installation } from "./installation.ts";

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
