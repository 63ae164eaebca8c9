import { invalidInput, invalidOption, missingOption } from "../errors/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { JobCheckpoint, JobState, JobStatus } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { mutateJob, type MutationResult } from "./mutate.ts";
import { illegalTransition, TERMINAL } from "./transitions.ts";

export const CHECKPOINT_TYPES = ["plan", "progress", "decision-needed", "blocked", "completed"] as const;
export type CheckpointType = typeof CHECKPOINT_TYPES[number];

/** The status that a checkpoint of this type sets; the other types don't change the status. */
const STATUS_BY: Readonly<Partial<Record<CheckpointType, JobStatus>>> = {
  "decision-needed": "decision_needed",
  blocked: "blocked",
  completed: "completed",
};

/** Longest summary in bytes. */
const MAX_SUMMARY = 512;

/** The content of a new checkpoint. */
export interface CheckpointOptions {
  /** `progress` by default. */
  readonly type?: CheckpointType | undefined;
  readonly summary: string;
  /** What a person must do before the job may continue; for decisions only. */
  readonly requiredAction?: string | undefined;
  readonly actor?: string | undefined;
  /** Additional members for the payload of the event. */
  readonly details?: JsonObject | undefined;
}

/**
 * Add a checkpoint to a job (docs/spec/job.md 3.1 and 4).
 *
 * @throws {GaitError} `invalid_input`, with the detail `illegal_transition` when it would reopen a job that was
 * completed, cancelled or stopped: reopening would silently lift an emergency stop
 */
export async function addCheckpoint(
  root: string,
  id: string,
  options: CheckpointOptions,
  effects: JobEffects,
): Promise<MutationResult & { readonly checkpoint: JobCheckpoint }> {
  let added: JobCheckpoint | undefined;
  const mutated = await mutateJob(root, id, effects, (job, now) => {
    const { type, summary, requiredAction, actor } = checked(options);
    const status = STATUS_BY[type];
    if (status !== undefined && TERMINAL.includes(job.status)) {
      throw illegalTransition(job, `add a checkpoint "${type}" to`, []);
    }
    added = {
      checkpoint_id: `cp_${String(job.checkpoints.length + 1).padStart(4, "0")}`,
      created_at: now,
      type,
      summary,
      required_action: requiredAction,
      reason_code: `checkpoint_${type.replaceAll("-", "_")}`,
      actor,
    };
    return {
      state: {
        checkpoints: [...job.checkpoints, added],
        ...(status && { status, stop_reason: status, status_reason_code: status }),
      },
      event: {
        type: "checkpoint_added",
        actor,
        reasonCode: added.reason_code,
        payload: {
          ...options.details,
          checkpoint_id: added.checkpoint_id,
          checkpoint_type: type,
          required_action: requiredAction,
        },
      },
    };
  });
  return { ...mutated, checkpoint: added! };
}

/** Validated after the job is read, so that errors of the job are reported before errors of the options. */
function checked({ type = "progress", summary, requiredAction, actor }: CheckpointOptions) {
  const text = summary.trim();
  if (text === "") throw missingOption("summary");
  const size = utf8(text).length;
  if (size > MAX_SUMMARY) {
    throw invalidOption(
      (name) => `Cannot use ${name("summary")}: it has ${size} bytes`,
      () => `Use at most ${MAX_SUMMARY} bytes; put longer text into a file and give its path`,
    );
  }
  const action = type === "decision-needed" ? requiredAction?.trim() ?? "" : "";
  if (type === "decision-needed" && action === "") {
    throw missingOption("requiredAction", () => "Say what a person must do before the job may continue");
  }
  return { type, summary: text, requiredAction: action, actor: actor?.trim() ?? "" };
}

/** The checkpoints of a job, sorted by id. */
export function sortedCheckpoints({ checkpoints }: JobState): JobCheckpoint[] {
  return checkpoints.toSorted((a, b) => compareBytewise(a.checkpoint_id, b.checkpoint_id));
}

/**
 * Find one checkpoint of a job by its id.
 *
 * @throws {GaitError} `invalid_input` with the detail `checkpoint_not_found`
 */
export function findCheckpoint(job: JobState, given: string): JobCheckpoint {
  const id = given.trim();
  const found = job.checkpoints.find((checkpoint) => checkpoint.checkpoint_id === id);
  if (found !== undefined) return found;
  throw invalidInput(`Cannot find checkpoint "${given}" of job "${job.job_id}"`, {
    detail: "checkpoint_not_found",
    hint: `See its checkpoints with: gait job checkpoint list --id ${job.job_id}`,
  });
}
