import { comparableName, isOneOf } from "../tokens/person.ts";
import { invalidInput, invalidOption, missingOption } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { JobCheckpoint, JobEvent, JobState } from "../schema/job.ts";
import { findCheckpoint } from "./checkpoints.ts";
import type { JobEffects } from "./context.ts";
import { openDecisions } from "./decisions.ts";
import { mutateJob, type MutationResult } from "./mutate.ts";
import {
  approvalKeys,
  decisionDigests,
  demandDecisionToken,
  type GivenApprovalKeys,
  isBoundToKeys,
  keysOf,
  mintCommand,
} from "./signed_approval.ts";

/** The approver, and the decision they approve. */
export interface ApproveOptions {
  /** The approver; that of the token when there is one. */
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** Id of the decision checkpoint; the oldest open one by default. */
  readonly checkpoint?: string | undefined;
  /** A signed approval of this decision, which is verified and recorded. */
  readonly approvalToken?: JsonObject | undefined;
  /** The keys that verify it, besides those that the job is bound to. */
  readonly approvalKeys?: GivenApprovalKeys | undefined;
}

/** Who approves, and what is recorded of the approval. */
interface Approver {
  readonly actor: string;
  readonly reason: string;
  readonly payload: JsonObject;
}

/**
 * Record an approval (docs/spec/job.md 4). It names the decision it is for and never counts for another one.
 *
 * @throws {GaitError} `invalid_input` when the checkpoint is not a decision of this job, or an approval must be signed;
 * `verification_failed` when a token does not approve the decision
 */
export async function approveJob(
  root: string,
  id: string,
  options: ApproveOptions,
  effects: JobEffects,
): Promise<MutationResult> {
  let isSelfApproval = false;
  const mutated = await mutateJob(root, id, effects, async (job, now, eventsOf) => {
    const events = await eventsOf();
    const decision = await decisionOfToken(job, options) ?? decisionFor(job, options.checkpoint);
    const { actor, reason, payload } = await approverOf({ job, events, decision }, options, effects.now());
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
        payload: { reason, ...checkpoint, ...payload },
      },
    };
  });
  if (!isSelfApproval) return mutated;
  return { ...mutated, warnings: [...mutated.warnings, "the approver also requested this decision"] };
}

async function approverOf(
  { job, events, decision }: {
    readonly job: JobState;
    readonly events: readonly JobEvent[];
    readonly decision: JobCheckpoint | undefined;
  },
  options: ApproveOptions,
  now: number,
): Promise<Approver> {
  const actor = options.actor?.trim() ?? "";
  const document = options.approvalToken;
  if (document === undefined) {
    if (actor === "") throw missingOption("actor");
    if (decision !== undefined && isBoundToKeys(events)) {
      throw invalidInput(
        `Cannot approve decision ${decision.checkpoint_id}: job "${job.job_id}" takes signed approvals`,
        {
          detail: "signed_approval_missing",
          hint: `Sign one with: ${mintCommand(job, decision)}; then give it with --approval-token <file>`,
        },
      );
    }
    return { actor, reason: options.reason?.trim() || "approved", payload: {} };
  }
  if (decision === undefined) {
    throw invalidInput(`Cannot use the approval token: job "${job.job_id}" has no open decision`, {
      detail: "checkpoint_no_decision",
    });
  }
  const keys = await approvalKeys(events, keysOf(options.approvalKeys ?? {}));
  const token = await demandDecisionToken(document, job, decision, keys, now);
  if (actor !== "" && comparableName(actor) !== comparableName(token.approver)) {
    throw invalidOption((name) =>
      `Cannot use ${name("actor")} "${actor}": the token is signed by "${token.approver}"`
    );
  }
  return {
    actor: token.approver,
    reason: options.reason?.trim() || token.reasonCode,
    payload: { approval_token: document, approval_key_id: token.signature?.key_id ?? "" },
  };
}

/** The decision that a token is for, unless the caller names one: an approval that counts for nothing may have closed it. */
async function decisionOfToken(
  job: JobState,
  { approvalToken, checkpoint }: ApproveOptions,
): Promise<JobCheckpoint | undefined> {
  if (approvalToken === undefined || (checkpoint?.trim() ?? "") !== "") return undefined;
  for (const decision of job.checkpoints.toReversed()) {
    if (decision.type !== "decision-needed") continue;
    const { intentDigest } = await decisionDigests(job, decision);
    if (intentDigest === approvalToken.intent_digest) return decision;
  }
  return undefined;
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
