import type { JobEvent } from "../../schema/job.ts";

/** What the runner's events say about the attempts of a job (docs/spec/job.md 11). */
export interface RunHistory {
  /** Number of the last attempt; 0 when there is none. */
  readonly last: number;
  /** Attempts that failed since the job was last resumed. */
  readonly failed: number;
  /** Attempts that began and have no recorded end: their runner died. */
  readonly lost: number;
  /** Whether the last event of the runner is the end of a failed attempt. */
  readonly endedInFailure: boolean;
  /** Ids of the checkpoints that the runner added by itself, and not for a line of the command. */
  readonly notes: ReadonlySet<string>;
}

/** How an attempt ended. One that is `deferred` ended while the job waited for a person. */
export type AttemptOutcome = "completed" | "failed" | "deferred" | "lost";

/**
 * Derive the history from the events, so that a crash of the runner forgets no attempt. A checkpoint of the runner is
 * told apart by the payload of its event, which neither the command nor `job checkpoint add` can choose: a summary
 * such as "attempt 3 started" may be the command's.
 */
export function runHistory(events: readonly JobEvent[]): RunHistory {
  const notes = new Set<string>();
  const open = new Set<number>();
  let [last, failed, lost] = [0, 0, 0];
  let endedInFailure = false;
  for (const { type, payload } of events) {
    if (type === "resumed") {
      // A person looked at what had ended; an attempt that goes on after the resume still counts.
      [failed, lost] = [0, 0];
      endedInFailure = false;
    }
    const attempt = payload?.attempt;
    if (!payload || typeof attempt !== "number") continue;
    last = Math.max(last, attempt);
    if (payload.line_end !== undefined) continue;
    if (typeof payload.checkpoint_id === "string") notes.add(payload.checkpoint_id);
    const outcome = outcomeOf(payload);
    endedInFailure = outcome === "failed";
    open.delete(attempt);
    if (outcome === undefined) {
      lost += open.size; // a job has one attempt at a time
      open.clear();
      open.add(attempt);
    }
    if (outcome === "failed") failed++;
    if (outcome === "lost") lost++;
  }
  return { last, failed, lost: lost + open.size, endedInFailure, notes };
}

/** The outcome in the payload of the runner's event; absent when the attempt begins. */
function outcomeOf({ outcome, exit_status: status }: NonNullable<JobEvent["payload"]>): string | undefined {
  if (typeof outcome === "string") return outcome;
  return status === undefined ? undefined : status === 0 ? "completed" : "failed";
}
