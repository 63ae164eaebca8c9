import type { Result } from "../schema/runpack.ts";

/** What became of a call, in the five words that trajectories are compared in. */
export type Verdict = "allow" | "block" | "require_approval" | "dry_run" | "error";

/** Spellings of a verdict, after trimming, lower-casing, and `-` and blank became `_`. */
const SPELLINGS: Readonly<Record<Verdict, readonly string[]>> = {
  allow: ["allow", "ok", "pass", "passed", "success"],
  block: ["block", "blocked", "deny", "denied"],
  require_approval: ["require_approval", "approval_required", "needs_approval", "needsapproval"],
  dry_run: ["dry_run", "dryrun", "simulate", "simulated"],
  error: ["error", "failed", "failure"],
};

/** Spellings of a status; whatever is not listed is an error, so an unknown status never passes for success. */
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

/** The verdict that a text means, `undefined` when it means none (docs/spec/regress.md 1.6). */
export function normalizeVerdict(text: string): Verdict | undefined {
  return BY_SPELLING.get(text.trim().toLowerCase().replace(/[- ]/g, "_"));
}

/** The verdict of a recorded call: the one its result names, else the one its status stands for. */
export function verdictOfResult({ result, status }: Result): Verdict {
  const named = result && Object.hasOwn(result, "verdict") ? result.verdict : undefined;
  const verdict = typeof named === "string" ? normalizeVerdict(named) : undefined;
  return verdict ?? BY_STATUS.get(status.trim().toLowerCase()) ?? "error";
}
