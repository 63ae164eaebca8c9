import { compareInstants, type Rfc3339 } from "../formats/time.ts";
import type { JobApproval, JobCheckpoint, JobState } from "../schema/job.ts";

/**
 * The decisions of a job that nobody approved, oldest first.
 *
 * An approval is for the decision that it names. One that names none, as other programs record them, is for the oldest
 * open decision of its time: never for one that came later, or an approval given in advance would answer a question that
 * nobody had read (docs/spec/job.md 5.2).
 */
export function openDecisions({ checkpoints, approvals }: JobState): JobCheckpoint[] {
  const named = latestByDecision(approvals);
  const open = checkpoints.filter((checkpoint) =>
    checkpoint.type === "decision-needed" && !isAfter(named.get(checkpoint.checkpoint_id), checkpoint)
  );
  // One pass: where the oldest open decision came later than an approval, this one closes none.
  let closed = 0;
  for (const approval of approvals) {
    const oldest = open[closed];
    if ((approval.checkpoint_id ?? "") === "" && oldest && isAfter(approval.created_at, oldest)) closed++;
  }
  return open.slice(closed);
}

/** When each decision was last approved by name. */
function latestByDecision(approvals: readonly JobApproval[]): Map<string, Rfc3339> {
  const latest = new Map<string, Rfc3339>();
  for (const { checkpoint_id, created_at } of approvals) {
    const id = checkpoint_id ?? "";
    const before = latest.get(id);
    if (id !== "" && (before === undefined || compareInstants(created_at, before) > 0)) {
      latest.set(id, created_at);
    }
  }
  return latest;
}

function isAfter(approved: Rfc3339 | undefined, decision: JobCheckpoint): boolean {
  return approved !== undefined && compareInstants(approved, decision.created_at) >= 0;
}
