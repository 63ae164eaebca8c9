import type { TraceSummary } from "./traces.ts";

/**
 * How a wrapper treats the verdicts in the child's traces: `enforce` exits as the strictest verdict demands, the
 * others only report.
 */
export type WrapMode = "test" | "enforce" | "trace";

/** Why a wrapper failed; a closed set (docs/spec/regress.md section 5). */
export type FailureReason =
  | "child_start_failed"
  | "child_timed_out"
  | "missing_trace_reference"
  | "stale_trace_artifact"
  | "invalid_trace_artifact";

/** The outcome of a wrapped command. */
export type WrapVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "failed"; readonly reason: FailureReason }
  /** The child itself failed; its exit status is passed on. */
  | { readonly kind: "child_failed"; readonly status: number }
  | { readonly kind: "blocked" }
  | { readonly kind: "approval_required" };

/** The facts from which the outcome is computed. */
export interface WrapContext {
  readonly mode: WrapMode;
  readonly timedOut: boolean;
  /** Exit status of the child, -1 when a signal ended it. */
  readonly code: number;
  /** Number of traces that the child named. */
  readonly named: number;
  readonly traces: TraceSummary;
}

/**
 * Compute the outcome of a wrapped command; the first rule that applies decides (docs/spec/regress.md section 3,
 * steps 5 to 9).
 *
 * INVARIANT: `enforce` is ok only when every trace that the child named is valid, and there is one of this run, and all
 * of this run allow.
 */
export function wrapVerdict({ mode, timedOut, code, named, traces }: WrapContext): WrapVerdict {
  const enforces = mode === "enforce";
  if (timedOut) return { kind: "failed", reason: "child_timed_out" };
  if (named === 0) return { kind: "failed", reason: "missing_trace_reference" };
  if (enforces && traces.invalid.length > 0) return { kind: "failed", reason: "invalid_trace_artifact" };
  if (enforces && named === traces.stale.length) return { kind: "failed", reason: "stale_trace_artifact" };
  if (code !== 0) return { kind: "child_failed", status: code < 0 ? 255 : code };
  if (!enforces) return { kind: "ok" };
  const { allow, block, dry_run, require_approval, ...unknown } = traces.counts;
  if (block + dry_run > 0 || Object.keys(unknown).length > 0) return { kind: "blocked" };
  if (require_approval > 0) return { kind: "approval_required" };
  return allow > 0 ? { kind: "ok" } : { kind: "blocked" };
}
