import type { Runpack } from "../runpack/read.ts";
import { type Verdict, verdictOfResult } from "./verdict.ts";

/** The tools that a run called, in the order of its intents (docs/spec/regress.md 1.6). */
export function toolSequence({ intents }: Pick<Runpack, "intents">): string[] {
  return intents.map((intent) => intent.tool_name.trim()).filter((name) => name !== "");
}

/** What became of its calls, one verdict a result, in the order of its results. */
export function verdictSequence({ results }: Pick<Runpack, "results">): Verdict[] {
  return results.map(verdictOfResult);
}

/** Stands for the end of the shorter of two sequences. */
export const MISSING = "<missing>";

/** Where two sequences part. */
export interface Mismatch {
  readonly index: number;
  readonly expected: string;
  readonly actual: string;
}

/** The first place where two sequences differ, `undefined` when they are equal. */
export function firstMismatch(
  expected: readonly string[],
  actual: readonly string[],
): Mismatch | undefined {
  const length = Math.max(expected.length, actual.length);
  for (let index = 0; index < length; index++) {
    if (index < expected.length && index < actual.length && expected[index] === actual[index]) continue;
    return { index, expected: expected[index] ?? MISSING, actual: actual[index] ?? MISSING };
  }
  return undefined;
}
