import { type GaitError, invalidInput } from "../errors/mod.ts";
import type { JobState, JobStatus } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { mutateJob, type MutationResult } from "./mutate.ts";

/** A change of status that takes only an actor (docs/spec/job.md 3.1). */
interface Transition {
  readonly from: readonly JobStatus[];
  readonly state: Pick<JobState, "status" | "stop_reason" | "status_reason_code"> & {
    readonly status: JobStatus;
  };
  readonly event: string;
}

export const TRANSITIONS = {
  pause: {
    from: ["running", "decision_needed"],
    state: { status: "paused", stop_reason: "paused_by_user", status_reason_code: "paused" },
    event: "paused",
  },
  cancel: {
    from: ["running", "paused", "decision_needed", "blocked", "emergency_stopped"],
    state: { status: "cancelled", stop_reason: "cancelled_by_user", status_reason_code: "cancelled" },
    event: "cancelled",
  },
  stop: {
    from: ["running", "paused", "decision_needed", "blocked"],
    state: {
      status: "emergency_stopped",
      stop_reason: "emergency_stopped",
      status_reason_code: "emergency_stop_preempted",
    },
    event: "emergency_stop_acknowledged",
  },
} as const satisfies Readonly<Record<string, Transition>>;

/** Statuses that a job leaves when it is resumed. */
export const RESUMABLE: readonly JobStatus[] = ["paused", "decision_needed", "blocked"];

/** Statuses that a job never leaves, except that a stopped job can be cancelled. */
export const TERMINAL: readonly string[] = [
  "completed",
  "cancelled",
  "emergency_stopped",
] satisfies JobStatus[];

/**
 * Pause, cancel or stop a job.
 *
 * @throws {GaitError} `invalid_input` with the detail `illegal_transition`
 */
export async function changeStatus(
  root: string,
  id: string,
  name: keyof typeof TRANSITIONS,
  { actor }: { readonly actor?: string | undefined },
  effects: JobEffects,
): Promise<MutationResult> {
  const { from, state, event } = TRANSITIONS[name];
  return await mutateJob(root, id, effects, (job) => {
    checkStatus(job, name, from);
    return { state, event: { type: event, actor: actor?.trim(), reasonCode: state.status_reason_code } };
    // Whatever was edited, a job can be held up and ended.
  }, "unchecked");
}

/** Check that a job has one of these statuses. */
export function checkStatus(job: JobState, action: string, from: readonly JobStatus[]): void {
  if (!(from as readonly string[]).includes(job.status)) throw illegalTransition(job, action, from);
}

/** `a`, `a or b`, `a, b or c`. */
function oneOf(words: readonly string[]): string {
  const [last, ...others] = words.toReversed();
  return others.length === 0 ? last! : `${others.reverse().join(", ")} or ${last}`;
}

/** The error when the status of a job does not allow an action. */
export function illegalTransition(
  { job_id, status }: JobState,
  action: string,
  from: readonly JobStatus[],
): GaitError {
  return invalidInput(`Cannot ${action} job "${job_id}": its status is ${status || "unknown"}`, {
    detail: "illegal_transition",
    hint: hintFor({ job_id, status }, action, from),
  });
}

function hintFor(
  { job_id, status }: Pick<JobState, "job_id" | "status">,
  action: string,
  from: readonly JobStatus[],
): string {
  if (from.length === 0 || (TERMINAL.includes(status) && !TERMINAL.includes(from[0]!))) {
    return "A job that was completed, cancelled or stopped can't be reopened; submit another one";
  }
  if (action === "run" && RESUMABLE.includes(status as JobStatus)) {
    return `Resume it first: gait job resume --id ${job_id}`;
  }
  const next = action === "resume" ? `; see what comes next with: gait job status --id ${job_id}` : "";
  return `It must be ${oneOf(from)}${next}`;
}
