import type { Runpack } from "../runpack/read.ts";
import type { Result } from "../schema/runpack.ts";
import { invalidOption } from "../errors/mod.ts";
import { uniqueSorted } from "../formats/bytes.ts";

/** The tools that a run called, in the order of its intents (docs/spec/regress.md 1.6). */
export function toolSequence({ intents }: Pick<Runpack, "intents">): string[] {
  return intents.map((intent) => intent.tool_name.trim()).filter((name) => name !== "");
}

/** The verdicts of its results, in order. */
export function verdictSequence({ results }: Pick<Runpack, "results">): Verdict[] {
  return results.map(verdictOfResult);
}

/** Represents the missing element of the shorter sequence. */
export const MISSING = "<missing>";

/** The first difference of two sequences. */
export interface Mismatch {
  readonly index: number;
  readonly expected: string;
  readonly actual: string;
}

/** The first difference of two sequences; `undefined` if they are equal. */
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

/** The outcome of a call, as trajectories are compared. */
export type Verdict = "allow" | "block" | "require_approval" | "dry_run" | "error";

/** Spellings of a verdict, trimmed, in lower case, with `_` for `-` and blanks. */
const SPELLINGS: Readonly<Record<Verdict, readonly string[]>> = {
  allow: ["allow", "ok", "pass", "passed", "success"],
  block: ["block", "blocked", "deny", "denied"],
  require_approval: ["require_approval", "approval_required", "needs_approval", "needsapproval"],
  dry_run: ["dry_run", "dryrun", "simulate", "simulated"],
  error: ["error", "failed", "failure"],
};

/** Spellings of a status. Any other status is an error, so an unknown one never counts as success. */
const STATUSES: Readonly<Record<Exclude<Verdict, "error">, readonly string[]>> = {
  allow: ["ok", "pass", "passed", "success"],
  block: ["block", "blocked", "deny", "denied"],
  require_approval: ["require_approval", "approval_required", "needs_approval"],
  dry_run: ["dry_run", "dry-run", "dryrun", "simulate", "simulated"],
};

const BY_SPELLING = invert(SPELLINGS);
const BY_STATUS = invert(STATUSES);

function invert(table: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, Verdict> {
  return new Map(
    Object.entries(table).flatMap(([verdict, words]) => words.map((word) => [word, verdict as Verdict])),
  );
}

/** Normalise a verdict; `undefined` if the text is none (docs/spec/regress.md 1.6). */
export function normalizeVerdict(text: string): Verdict | undefined {
  return BY_SPELLING.get(text.trim().toLowerCase().replace(/[- ]/g, "_"));
}

/** The verdict of a recorded call: from its result, or else derived from its status. */
export function verdictOfResult({ result, status }: Result): Verdict {
  const named = result && Object.hasOwn(result, "verdict") ? result.verdict : undefined;
  const verdict = typeof named === "string" ? normalizeVerdict(named) : undefined;
  return verdict ?? BY_STATUS.get(status.trim().toLowerCase()) ?? "error";
}

/** Tools that a run must and must not call; names are exact. */
export interface ToolRules {
  readonly never: readonly string[];
  readonly must: readonly string[];
}

/** No rules. */
export const NO_RULES: ToolRules = { never: [], must: [] };

/**
 * Create rules from user input.
 *
 * @throws {GaitError} `invalid_input` when a tool must and must not be called
 */
export function toolRules(never: readonly string[], must: readonly string[]): ToolRules {
  const both = never.find((tool) => must.includes(tool));
  if (both !== undefined) {
    throw invalidOption((name) =>
      `Cannot use ${name("never")} and ${name("must")} "${both}": no run can keep both`
    );
  }
  return never.length + must.length === 0
    ? NO_RULES
    : { never: uniqueSorted([...never]), must: uniqueSorted([...must]) };
}

/** How a run breaks the rules. */
export interface BrokenRules {
  /** Forbidden tools that it called. */
  readonly called: readonly string[];
  /** Required tools that it did not call. */
  readonly missing: readonly string[];
}

/** Check a run against the rules. */
export function brokenRules({ never, must }: ToolRules, pack: Pick<Runpack, "intents">): BrokenRules {
  const called = new Set(toolSequence(pack));
  return {
    called: never.filter((tool) => called.has(tool)),
    missing: must.filter((tool) => !called.has(tool)),
  };
}

/** Whether a run breaks any rule. */
export function isBroken(rules: ToolRules, pack: Pick<Runpack, "intents">): boolean {
  const { called, missing } = brokenRules(rules, pack);
  return called.length + missing.length > 0;
}
