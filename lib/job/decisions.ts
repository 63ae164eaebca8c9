import { compareInstants } from "../formats/time.ts";
import type { JobApproval, JobCheckpoint, JobState } from "../schema/job.ts";

/**
 * The decisions of a job that nobody approved, oldest first.
 *
 * An approval is for the decision that it names. One that names none, as other programs record them, is for the oldest
 * open decision of its time: never for one that came later, or an approval given in advance would answer a question that
 * nobody had read (docs/spec/job.md 5.2).
 */
export function openDecisions({ checkpoints, approvals }: JobState): JobCheckpoint[] {
  const open = checkpoints.filter(({ type }) => type === "decision-needed");
  const named = approvals.filter(({ checkpoint_id }) => (checkpoint_id ?? "") !== "");
  const unnamed = approvals.filter(({ checkpoint_id }) => (checkpoint_id ?? "") === "");
  for (const approval of named) {
    resolve(
      open,
      (decision) => decision.checkpoint_id === approval.checkpoint_id && isLater(approval, decision),
    );
  }
  for (const approval of unnamed) resolve(open, (decision) => isLater(approval, decision));
  return open;
}

/** Take the first decision that an approval is for off the list. */
function resolve(open: JobCheckpoint[], isFor: (decision: JobCheckpoint) => boolean): void {
  const at = open.findIndex(isFor);
  if (at >= 0) open.splice(at, 1);
}

function isLater(approval: JobApproval, decision: JobCheckpoint): boolean {
  return compareInstants(approval.created_at, decision.created_at) >= 0;
}
