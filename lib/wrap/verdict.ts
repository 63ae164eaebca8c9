import type { TraceSummary } from "./traces.ts";

/** How a wrapper treats what the child decided: `enforce` ends as the strictest verdict says, the others only report. */
export type WrapMode = "test" | "enforce" | "trace";

/** Why a wrapper failed; a closed set (docs/spec/regress.md section 5). */
export type FailureReason =
  | "child_start_failed"
  | "child_timed_out"
  | "missing_trace_reference"
  | "invalid_trace_artifact";

/** What a wrapped command came to. */
export type WrapVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "failed"; readonly reason: FailureReason }
  /** The child failed by itself; its exit status is passed on. */
  | { readonly kind: "child_failed"; readonly status: number }
  | { readonly kind: "blocked" }
  | { readonly kind: "approval_required" };

/** The facts that a verdict rests on. */
export interface WrapFacts {
  readonly mode: WrapMode;
  readonly timedOut: boolean;
  /** Exit status of the child, -1 when a signal ended it. */
  readonly code: number;
  /** Traces that the child named. */
  readonly named: number;
  readonly traces: TraceSummary;
}

/**
 * What a wrapped command comes to; the first rule that applies decides (docs/spec/regress.md section 3, steps 5 to 9).
 *
 * INVARIANT: `enforce` is ok only when every trace that the child named is valid and allows.
 */
export function wrapVerdict({ mode, timedOut, code, named, traces }: WrapFacts): WrapVerdict {
  const enforces = mode === "enforce";
  if (timedOut) return { kind: "failed", reason: "child_timed_out" };
  if (named === 0) return { kind: "failed", reason: "missing_trace_reference" };
  if (enforces && traces.invalid.length > 0) return { kind: "failed", reason: "invalid_trace_artifact" };
  if (code !== 0) return { kind: "child_failed", status: code < 0 ? 255 : code };
  if (!enforces) return { kind: "ok" };
  const { allow, block, dry_run, require_approval, ...unknown } = traces.counts;
  if (block + dry_run > 0 || Object.keys(unknown).length > 0) return { kind: "blocked" };
  if (require_approval > 0) return { kind: "approval_required" };
  return allow > 0 ? { kind: "ok" } : { kind: "blocked" };
}
