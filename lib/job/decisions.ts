import { compareInstants, type Rfc3339 } from "../formats/time.ts";
import type { JobApproval, JobCheckpoint, JobState } from "../schema/job.ts";

/**
 * The decisions of a job that have not been approved, oldest first.
 *
 * An approval counts for the decision it names. One that names none, as other programs record them, counts for the
 * oldest decision that was open at that time. It never counts for a later decision: otherwise an approval given in
 * advance would approve a question that the approver had never seen (docs/spec/job.md 5.2).
 */
export function openDecisions({ checkpoints, approvals }: JobState): JobCheckpoint[] {
  const named = latestByDecision(approvals);
  const open = checkpoints.filter((checkpoint) =>
    checkpoint.type === "decision-needed" && !isAfter(named.get(checkpoint.checkpoint_id), checkpoint)
  );
  // One pass over both lists: an approval that is older than the oldest open decision closes nothing.
  let closed = 0;
  for (const approval of approvals) {
    const oldest = open[closed];
    if ((approval.checkpoint_id ?? "") === "" && oldest && isAfter(approval.created_at, oldest)) closed++;
  }
  return open.slice(closed);
}

/** The time of the latest approval that names each decision. */
function latestByDecision(approvals: readonly JobApproval[]): Map<string, Rfc3339> {
  const latest = new Map<string, Rfc3339>();
  for (const { checkpoint_id, created_at } of approvals) {
    const id = checkpoint_id ?? "";
    const previous = latest.get(id);
    if (id !== "" && (previous === undefined || compareInstants(created_at, previous) > 0)) {
      latest.set(id, created_at);
    }
  }
  return latest;
}

function isAfter(approved: Rfc3339 | undefined, decision: JobCheckpoint): boolean {
  return approved !== undefined && compareInstants(approved, decision.created_at) >= 0;
}
