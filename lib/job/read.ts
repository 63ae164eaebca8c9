import type { JobEvent, JobState } from "../schema/job.ts";
import { GaitError } from "../errors/mod.ts";
import type { JobEffects } from "./context.ts";
import { readLog } from "./event_log.ts";
import { jobFolder } from "./folder.ts";
import { withJobLock } from "./lock.ts";
import { isPending, recoverJob } from "./recovery.ts";
import { readState } from "./state.ts";

/** The state of a job, and warnings. */
export interface ReadJobResult {
  readonly state: JobState;
  /** Warnings of the recovery that ran first. */
  readonly warnings: readonly string[];
}

/**
 * Read the state of a job. An interrupted mutation is recovered first; only recovery needs the lock.
 *
 * @throws {GaitError} `invalid_input` with the detail `invalid_job_id`, `job_not_found` or `job_state_invalid`
 */
export async function readJob(root: string, id: string, effects: JobEffects): Promise<ReadJobResult> {
  const folder = jobFolder(root, id);
  const warnings = await recoverIfPending(folder, effects);
  return { state: await readState(folder, effects.files, id.trim()), warnings };
}

/** A job with its history. */
export interface InspectedJob extends ReadJobResult {
  readonly events: readonly JobEvent[];
  /** The bytes that the events were read from, for `checkHistory()`. */
  readonly log: Uint8Array<ArrayBuffer>;
}

/**
 * Read the state of a job and all its events.
 *
 * @throws {GaitError} as {@linkcode readJob}, and with the detail `event_log_invalid`
 */
export async function inspectJob(
  root: string,
  id: string,
  effects: JobEffects,
): Promise<InspectedJob> {
  return await inspectFolder(jobFolder(root, id), effects, id.trim());
}

/** Like {@linkcode inspectJob}, for a job whose folder is known. */
export async function inspectFolder(
  folder: string,
  effects: JobEffects,
  id?: string,
): Promise<InspectedJob> {
  const { files } = effects;
  const warnings = await recoverIfPending(folder, effects);
  const read = async (): Promise<InspectedJob> => ({
    state: await readState(folder, files, id),
    ...await readLog(folder, files),
    warnings,
  });
  await readState(folder, files, id); // an invalid state is reported at once, without retrying
  let seen: InspectedJob | undefined;
  try {
    seen = await read();
    if (lastRevision(seen) === seen.state.revision) return seen;
    if (seen.events.length === 0) return withDisagreement(seen); // an event is logged before its state is written
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
  }
  // A concurrent mutation can make state and log disagree, or leave half an event to read: read both again under the
  // lock.
  try {
    return withDisagreement(await withJobLock(folder, effects, read));
  } catch (error) {
    if (seen === undefined || (error instanceof GaitError && error.code === "invalid_input")) throw error;
    return seen;
  }
}

async function recoverIfPending(folder: string, effects: JobEffects): Promise<readonly string[]> {
  if (!await isPending(folder, effects.files)) return [];
  return (await withJobLock(folder, effects, () => recoverJob(folder, effects.files))).warnings;
}

function lastRevision({ events }: InspectedJob): number {
  return events.at(-1)?.revision ?? 0;
}

/**
 * Warn when state and log disagree though nothing changes them: no crash does that, but a lost or edited file. The job
 * is shown all the same, since somebody must be able to look at it.
 */
function withDisagreement(job: InspectedJob): InspectedJob {
  const [logged, { revision }] = [lastRevision(job), job.state];
  if (logged === revision) return job;
  const warning =
    `the log ends with revision ${logged}, but the state has revision ${revision}: one of the two ` +
    "lost a change, or was edited";
  return { ...job, warnings: [...job.warnings, warning] };
}
