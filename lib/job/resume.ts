import { invalidInput } from "../errors/mod.ts";
import { compact, type JsonObject } from "../formats/json/mod.ts";
import type { JobState } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { openDecisions } from "./decisions.ts";
import { type HostContext, hostFingerprint } from "./fingerprint.ts";
import { checkedJobId } from "./folder.ts";
import { mutateJob, type MutationResult } from "./mutate.ts";
import { type PolicyBinding, type PolicyOptions, resolvePolicy } from "./policy_binding.ts";
import { readRevocations } from "./revocations.ts";
import {
  approvalKeys,
  demandSignedApprovals,
  type GivenApprovalKeys,
  isBoundToKeys,
  keysMissing,
  keysOf,
  signedApprovalHint,
} from "./signed_approval.ts";
import { checkStatus, RESUMABLE } from "./transitions.ts";

/** What the caller presents to resume a job. */
export interface ResumeOptions extends PolicyOptions {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  readonly identity?: string | undefined;
  readonly identityRevoked?: boolean | undefined;
  /** Path of a list of revoked identities. */
  readonly identityRevocations?: string | undefined;
  readonly identityValidationSource?: string | undefined;
  readonly envFingerprint?: string | undefined;
  readonly allowEnvMismatch?: boolean | undefined;
  /** Every decision needs a signed approval; so it does with {@linkcode approvalKeys}. */
  readonly requireSignedApproval?: boolean | undefined;
  readonly approvalKeys?: GivenApprovalKeys | undefined;
}

/** The options with all files read and defaults filled in. */
interface ResumeContext {
  readonly policy: PolicyBinding;
  readonly identity: string;
  readonly isRevoked: (identity: string) => boolean;
  /** Whether the caller's options require an identity. */
  readonly identityNeeded: boolean;
  readonly source: string;
  readonly fingerprint: string;
  readonly allowMismatch: boolean;
}

/**
 * Resume a job (docs/spec/job.md 5): its decisions must be approved, and policy, identity and environment must match
 * those it is bound to.
 *
 * @throws {GaitError} `invalid_input` with the detail `illegal_transition`, `approval_missing`,
 * `signed_approval_missing`, `policy_missing`,
 * `identity_mismatch`, `identity_missing`, `identity_revoked` or `environment_mismatch`; `verification_failed` when
 * state or log were edited
 */
export async function resumeJob(
  root: string,
  id: string,
  options: ResumeOptions,
  effects: JobEffects & HostContext,
  version: string,
): Promise<MutationResult> {
  const context = await resumeContext(options, effects, version);
  checkedJobId(id);
  const reason = options.reason?.trim() || "resume";
  const given = keysOf(options.approvalKeys ?? {});
  return await mutateJob(root, id, effects, async (job, _now, eventsOf) => {
    checkStatus(job, "resume", RESUMABLE);
    const events = await eventsOf();
    checkApprovals(job, isBoundToKeys(events));
    const keys = await approvalKeys(events, given);
    if (options.requireSignedApproval && keys.length === 0) throw keysMissing("verify signed approvals");
    if (keys.length > 0) {
      await demandSignedApprovals(job, events, keys, effects.now());
    }
    const policy = checkPolicy(job, context.policy);
    const identity = checkIdentity(job, context);
    const mismatch = checkEnvironment(job, context);
    const code = `resumed${mismatch ? "_with_env_override" : ""}` +
      (policy.changed ? `${mismatch ? "" : "_with"}_policy_transition` : "");
    return {
      state: {
        status: "running",
        stop_reason: "none",
        status_reason_code: code,
        ...(context.policy.digest && { policy_digest: context.policy.digest }),
        ...(context.policy.ref && { policy_ref: context.policy.ref }),
        ...(job.identity.trim() === "" && identity.name !== "" && { identity: identity.name }),
      },
      event: {
        type: "resumed",
        actor: options.actor?.trim(),
        reasonCode: code,
        payload: {
          reason,
          ...compact({
            expected_fingerprint: job.environment_fingerprint,
            actual_fingerprint: context.fingerprint,
            identity_validation_required: identity.required,
            identity: identity.name,
            identity_validation_source: context.source,
            signed_approvals_required: keys.length > 0,
          }),
          ...policy.payload,
        },
      },
    };
  }, "whole");
}

async function resumeContext(
  options: ResumeOptions,
  effects: JobEffects & HostContext,
  version: string,
): Promise<ResumeContext> {
  const { files } = effects;
  const policy = await resolvePolicy(options, files);
  const identity = options.identity?.trim() ?? "";
  const path = options.identityRevocations?.trim() ?? "";
  const revoked = path === "" ? undefined : readRevocations(await files.read(path), path);
  const declared = options.identityRevoked === true;
  return {
    policy,
    identity,
    isRevoked: (name) => declared || revoked?.has(name) === true,
    identityNeeded: identity !== "" || revoked !== undefined || declared,
    source: options.identityValidationSource?.trim() || (revoked === undefined ? "" : "revocation_list"),
    fingerprint: options.envFingerprint?.trim() || await hostFingerprint(effects, version),
    allowMismatch: options.allowEnvMismatch === true,
  };
}

/** Every decision needs its own approval, even if the job was paused or blocked in the meantime. */
function checkApprovals(job: JobState, takesSigned: boolean): void {
  const [open] = openDecisions(job);
  const lacksDecision = job.status === "decision_needed" &&
    !job.checkpoints.some(({ type }) => type === "decision-needed");
  if (open === undefined && !lacksDecision) return;
  const which = open === undefined ? "its decision" : `decision ${open.checkpoint_id}`;
  throw invalidInput(`Cannot resume job "${job.job_id}": ${which} is not approved`, {
    detail: "approval_missing",
    hint: open === undefined
      ? "Add the decision as a checkpoint, then approve it"
      : takesSigned
      ? signedApprovalHint(job, open)
      : `Approve it with: gait job approve --id ${job.job_id} --checkpoint ${open.checkpoint_id} --actor <name>`,
  });
}

/** A job that is bound to a policy can be resumed only with a policy that the caller names. */
function checkPolicy(job: JobState, given: PolicyBinding): { changed: boolean; payload: JsonObject } {
  const [digest, ref] = [job.policy_digest.trim(), job.policy_ref.trim()];
  const required = [digest, ref, given.digest, given.ref].some((text) => text !== "");
  if (required && given.digest === "") {
    throw invalidInput(`Cannot resume job "${job.job_id}": no policy was given`, {
      detail: "policy_missing",
      hint: "Give the policy with --policy, or its digest with --policy-digest",
    });
  }
  const changed = digest !== "" && given.digest !== digest;
  const currentRef = given.ref || ref;
  return {
    changed,
    payload: {
      ...(required && { policy_evaluation_required: true }),
      ...((digest !== "" || given.digest !== "") && {
        previous_policy_digest: digest,
        current_policy_digest: given.digest,
        policy_changed: changed,
      }),
      ...((ref !== "" || currentRef !== "") && { previous_policy_ref: ref, current_policy_ref: currentRef }),
    },
  };
}

function checkIdentity(job: JobState, context: ResumeContext): { name: string; required: boolean } {
  const bound = job.identity.trim();
  const fail = (detail: string, reason: string, hint: string) =>
    invalidInput(`Cannot resume job "${job.job_id}": ${reason}`, { detail, hint });
  if (bound !== "" && context.identity !== "" && context.identity !== bound) {
    throw fail(
      "identity_mismatch",
      `it is bound to identity "${bound}"`,
      "Only the identity that it was submitted with may resume it",
    );
  }
  const name = bound || context.identity;
  const required = bound !== "" || context.identityNeeded;
  if (required && name === "") {
    throw fail("identity_missing", "there is no identity to validate", "Give one with --identity");
  }
  if (name !== "" && context.isRevoked(name)) {
    throw fail("identity_revoked", `identity "${name}" is revoked`, "Submit a new job with another identity");
  }
  return { name, required };
}

/**
 * Check that a job continues in the environment it is bound to. A job with an empty fingerprint matches no
 * environment.
 *
 * @returns whether the environment differs and the caller accepted that
 */
export function checkEnvironment(
  job: JobState,
  { fingerprint, allowMismatch }: Pick<ResumeContext, "fingerprint" | "allowMismatch">,
): boolean {
  const bound = job.environment_fingerprint;
  if (bound !== "" && bound === fingerprint) return false;
  if (allowMismatch) return true;
  const reason = bound.trim() === ""
    ? "it is not bound to any environment"
    : "this environment differs from the one it is bound to";
  throw invalidInput(`Cannot continue job "${job.job_id}": ${reason}`, {
    detail: "environment_mismatch",
    hint: "Continue it where it was submitted, or accept this environment with --allow-env-mismatch",
  });
}
