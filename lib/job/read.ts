import type { JobEvent, JobState } from "../schema/job.ts";
import { GaitError } from "../errors/mod.ts";
import type { JobEffects } from "./context.ts";
import { readEvents } from "./event_log.ts";
import { jobFolder } from "./folder.ts";
import { withJobLock } from "./lock.ts";
import { isPending, recoverJob } from "./recovery.ts";
import { readState } from "./state.ts";

/** A job as it was read. */
export interface JobReading {
  readonly state: JobState;
  /** What recovery found and did first. */
  readonly warnings: readonly string[];
}

/**
 * Read the state of a job; an interrupted mutation is recovered first. No lock is needed otherwise.
 *
 * @throws {GaitError} `invalid_input` with the detail `invalid_job_id`, `job_not_found` or `job_state_invalid`
 */
export async function readJob(root: string, id: string, effects: JobEffects): Promise<JobReading> {
  const folder = jobFolder(root, id);
  const warnings = await recoverIfPending(folder, effects);
  return { state: await readState(folder, effects.files, id.trim()), warnings };
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
): Promise<JobReading & { readonly events: readonly JobEvent[] }> {
  return await inspectFolder(jobFolder(root, id), effects, id.trim());
}

/** {@linkcode inspectJob} for a job whose folder is known. */
export async function inspectFolder(
  folder: string,
  effects: JobEffects,
  id?: string,
): Promise<JobReading & { readonly events: readonly JobEvent[] }> {
  const { files } = effects;
  const warnings = await recoverIfPending(folder, effects);
  const read = async () => ({
    state: await readState(folder, files, id),
    events: await readEvents(folder, files),
    warnings,
  });
  await readState(folder, files, id); // what is wrong with it needs no second look
  let seen: JobReading & { readonly events: readonly JobEvent[] } | undefined;
  try {
    seen = await read();
    if ((seen.events.at(-1)?.revision ?? seen.state.revision) === seen.state.revision) return seen;
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
  }
  // A mutation between the two reads makes them disagree, or shows half an event: read again while nobody writes.
  try {
    return await withJobLock(folder, effects, read);
  } catch (error) {
    if (seen === undefined || (error instanceof GaitError && error.code === "invalid_input")) throw error;
    return seen;
  }
}

async function recoverIfPending(folder: string, effects: JobEffects): Promise<readonly string[]> {
  if (!await isPending(folder, effects.files)) return [];
  return (await withJobLock(folder, effects, () => recoverJob(folder, effects.files))).warnings;
}
