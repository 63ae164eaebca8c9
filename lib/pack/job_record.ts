import type { JobEffects } from "../job/context.ts";
import { type HostContext, hostFingerprint } from "../job/fingerprint.ts";
import { historyEdited } from "../job/links.ts";
import { inspectFolder } from "../job/read.ts";
import { checkHistory } from "../job/verify.ts";
import type { JobEvent, JobState } from "../schema/job.ts";

/** A job as a pack holds it. */
export interface JobRecord {
  readonly state: JobState;
  readonly events: readonly JobEvent[];
  /** What recovery did, and how state and log disagree. */
  readonly notes: readonly string[];
}

/**
 * Read a job for a pack; an interrupted mutation is recovered first (docs/spec/job.md 6). Members that older versions
 * omitted are filled in (docs/spec/pack.md 3.2).
 *
 * @throws {GaitError} `invalid_input` when a file can't be read, or a number in it can't be kept exactly;
 * `verification_failed` when state or log were edited
 */
export async function readJobRecord(
  folder: string,
  effects: JobEffects & HostContext,
  version: string,
): Promise<JobRecord> {
  const job = await inspectFolder(folder, effects);
  const { state, events, warnings: notes } = job;
  // A pack would vouch for what somebody made of the job.
  const [edited] = (await checkHistory(job)).findings;
  if (edited !== undefined) throw historyEdited(state.job_id, "pack", edited);
  return {
    state: {
      ...state,
      status: state.status || "running",
      stop_reason: state.stop_reason || "none",
      status_reason_code: state.status_reason_code || "submitted",
      environment_fingerprint: state.environment_fingerprint || await hostFingerprint(effects, version),
    },
    events,
    notes,
  };
}
