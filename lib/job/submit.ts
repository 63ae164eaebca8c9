import { invalidInput } from "../errors/mod.ts";
import { joinPath } from "../formats/path.ts";
import { timeOfMillis } from "../formats/time.ts";
import { compact } from "../formats/json/mod.ts";
import { JOB_SCHEMA_ID } from "../schema/job.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import type { JobEffects } from "./context.ts";
import { type HostContext, hostFingerprint } from "./fingerprint.ts";
import { checkedJobId, EVENTS_FILE, jobFolder, STATE_FILE } from "./folder.ts";
import { newLedger } from "./ledger.ts";
import { withJobLock } from "./lock.ts";
import { commit, type MutationResult } from "./mutate.ts";
import { type PolicyOptions, resolvePolicy } from "./policy_binding.ts";
import { recoverJob } from "./recovery.ts";
import { boundKeys, type GivenApprovalKeys } from "./signed_approval.ts";

/** What a new job is bound to. */
export interface SubmitOptions extends PolicyOptions {
  readonly actor?: string | undefined;
  /** The agent's identity; the actor's name by default. */
  readonly identity?: string | undefined;
  /** Overrides the fingerprint of this host. */
  readonly envFingerprint?: string | undefined;
  /** Approvals of its decisions count only when they are signed by these. */
  readonly approvalKeys?: GivenApprovalKeys | undefined;
}

/**
 * Submit a new job (docs/spec/job.md 4).
 *
 * @throws {GaitError} `invalid_input` with the detail `job_exists`, or `leftover_log` when its folder has an event
 * log without a state, because those events belong to an earlier job
 */
export async function submitJob(
  root: string,
  given: string,
  options: SubmitOptions,
  effects: JobEffects & HostContext,
  version: string,
): Promise<MutationResult> {
  const { files } = effects;
  const id = checkedJobId(given);
  const policy = await resolvePolicy(options, files);
  const folder = jobFolder(root, id);
  const actor = options.actor?.trim() ?? "";
  const identity = options.identity?.trim() || actor;
  const environment_fingerprint = options.envFingerprint?.trim() || await hostFingerprint(effects, version);
  const bindings = { policy_digest: policy.digest, policy_ref: policy.ref, identity };
  const ledger = await newLedger(bindings);
  const approval_keys = boundKeys(options.approvalKeys ?? {});
  await files.makeFolder(folder);
  return await withJobLock(folder, effects, async () => {
    const { warnings } = await recoverJob(folder, files);
    if (await files.stat(joinPath(folder, STATE_FILE)) !== undefined) {
      throw invalidInput(`Cannot submit job "${id}": it already exists`, {
        detail: "job_exists",
        hint: `Choose another id, or look at it with: gait job status --id ${id}`,
      });
    }
    const log = joinPath(folder, EVENTS_FILE);
    if (((await files.stat(log))?.size ?? 0) > 0) {
      throw invalidInput(`Cannot submit job "${id}": its folder has an event log but no state`, {
        detail: "leftover_log",
        hint: `Restore ${STATE_FILE}, move "${log}" away, or choose another id`,
      });
    }
    const now = timeOfMillis(effects.now());
    const done = await commit(
      folder,
      undefined,
      {
        schema_id: JOB_SCHEMA_ID.state,
        schema_version: RECORD_VERSION,
        created_at: now,
        updated_at: now,
        producer_version: version,
        job_id: id,
        status: "running",
        stop_reason: "none",
        status_reason_code: "submitted",
        environment_fingerprint,
        ...ledger,
        ...bindings,
        revision: 1,
        checkpoints: [],
        approvals: [],
      },
      {
        type: "submitted",
        actor,
        reasonCode: "submitted",
        payload: {
          ...compact({ environment_fingerprint, ...bindings }),
          ...(approval_keys.length > 0 && { approval_keys }),
        },
      },
      files,
    );
    return { ...done, warnings: [...warnings, ...done.warnings] };
  });
}
