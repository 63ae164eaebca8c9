import { readCases, readRed } from "../conformance/case.ts";
import { missingNeed } from "../conformance/needs.ts";
import { runCases } from "../conformance/runner.ts";
import { missingInOldRuntime } from "./old_pair.ts";
import type { Counts } from "../../scripts/test_counts.ts";

/**
 * Run the recorded cases that must pass.
 *
 * @param areas only those of these areas; all when there is none
 */
export async function runRecordedCases(executable: string, areas: readonly string[]): Promise<Counts> {
  const red = readRed();
  const wanted = [...readCases()].filter(([id]) =>
    !red.has(id) && (areas.length === 0 || areas.includes(id.split("/")[0]!))
  );
  const possible = wanted.filter(([id, recorded]) =>
    (missingInOldRuntime(id) ?? missingNeed(recorded)) === undefined
  );
  const results = await runCases([executable], new Map(possible));
  const failed = [...results].filter(([, problems]) => problems.length > 0);
  for (const [id, problems] of failed) console.log([`FAIL ${id}`, ...problems].join("\n     "));
  return {
    passed: results.size - failed.length,
    failed: failed.length,
    skipped: wanted.length - possible.length,
  };
}
