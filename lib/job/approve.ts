import { isOneOf } from "../tokens/person.ts";
import { invalidInput, missingOption } from "../errors/mod.ts";
import type { JobCheckpoint, JobState } from "../schema/job.ts";
import { findCheckpoint } from "./checkpoints.ts";
import type { JobEffects } from "./context.ts";
import { openDecisions } from "./decisions.ts";
import { mutateJob, type MutationResult } from "./mutate.ts";

/** The approver, and the decision they approve. */
export interface ApproveOptions {
  readonly actor: string;
  readonly reason?: string | undefined;
  /** Id of the decision checkpoint; the oldest open one by default. */
  readonly checkpoint?: string | undefined;
}

/**
 * Record an approval (docs/spec/job.md 4). It names the decision it is for and never counts for another one.
 *
 * @throws {GaitError} `invalid_input` when the checkpoint is not a decision of this job
 */
export async function approveJob(
  root: string,
  id: string,
  options: ApproveOptions,
  effects: JobEffects,
): Promise<MutationResult> {
  let isSelfApproval = false;
  const mutated = await mutateJob(root, id, effects, (job, now) => {
    const actor = options.actor.trim();
    if (actor === "") throw missingOption("actor");
    const reason = options.reason?.trim() || "approved";
    const decision = decisionFor(job, options.checkpoint);
    isSelfApproval = isOneOf(actor, [job.identity, ...decision ? [decision.actor] : []]);
    const checkpoint = decision && { checkpoint_id: decision.checkpoint_id };
    return {
      state: {
        status_reason_code: "approval_recorded",
        approvals: [...job.approvals, { created_at: now, actor, reason, ...checkpoint }],
      },
      event: {
        type: "approved",
        actor,
        reasonCode: "approval_recorded",
        payload: { reason, ...checkpoint },
      },
    };
  });
  if (!isSelfApproval) return mutated;
  return { ...mutated, warnings: [...mutated.warnings, "the approver also requested this decision"] };
}

function decisionFor(job: JobState, given: string | undefined): JobCheckpoint | undefined {
  if ((given?.trim() ?? "") === "") return openDecisions(job)[0];
  const checkpoint = findCheckpoint(job, given!);
  if (checkpoint.type === "decision-needed") return checkpoint;
  throw invalidInput(`Cannot approve checkpoint "${checkpoint.checkpoint_id}": it is not a decision`, {
    detail: "checkpoint_no_decision",
    hint: `Its type is ${checkpoint.type}; approve a checkpoint of type decision-needed`,
  });
}
