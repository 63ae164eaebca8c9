import type { Files } from "../effects/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { compareInstants, type Rfc3339, timeAfter, timeOfMillis, unixNanos } from "../formats/time.ts";
import { JOB_SCHEMA_ID, type JobEvent, type JobState } from "../schema/job.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import type { JobEffects } from "./context.ts";
import { appendEvent, endLog } from "./event_log.ts";
import { jobFolder, MARKER_FILE, STATE_FILE } from "./folder.ts";
import { withJobLock } from "./lock.ts";
import { pendingBytes } from "./pending.ts";
import { isPending, recoverJob } from "./recovery.ts";
import { jobNotFound, readStateFile, stateBytes } from "./state.ts";

/** What a mutation does to a job: the members of its state that change, and the event that says so. */
export interface Change {
  readonly state: Partial<Omit<JobState, "revision" | "updated_at" | "job_id">>;
  readonly event: EventContent;
}

/** An event without what follows from the mutation. */
export interface EventContent {
  readonly type: string;
  readonly actor?: string | undefined;
  readonly reasonCode: string;
  readonly payload?: JobEvent["payload"];
}

/** A job after a mutation. */
export interface Mutated {
  readonly state: JobState;
  readonly event: JobEvent;
  /** What recovery found and did first. */
  readonly warnings: readonly string[];
}

/**
 * Change a job durably (docs/spec/job.md 6): under its lock, an interrupted mutation is recovered, the state read, the
 * change applied, and marker, state and event are written in this order. An error means that the job is as it was.
 *
 * @param change what to do; whatever it throws leaves all files untouched
 * @throws {GaitError} `invalid_input` with the detail `job_not_found`, or what {@linkcode change} throws
 */
export async function mutateJob(
  root: string,
  id: string,
  effects: JobEffects,
  change: (state: JobState, now: Rfc3339) => Change | Promise<Change>,
): Promise<Mutated> {
  const { files } = effects;
  const folder = jobFolder(root, id);
  if (await files.stat(joinPath(folder, STATE_FILE)) === undefined && !await isPending(folder, files)) {
    throw jobNotFound(folder);
  }
  return await withJobLock(folder, effects, async () => {
    const { warnings } = await recoverJob(folder, files);
    const { state: previous, bytes } = await readStateFile(folder, files, id.trim());
    const now = timeBehind(previous.updated_at, effects.now());
    const { state, event } = await change(previous, now);
    const updated = { ...previous, ...state, updated_at: now, revision: previous.revision + 1 };
    const done = await commit(folder, bytes, updated, event, files);
    return { ...done, warnings: [...warnings, ...done.warnings] };
  });
}

/**
 * Write a new state and its event, so that a crash at any moment leaves both or neither.
 *
 * @param previous the bytes of the state before; absent for a submit
 */
export async function commit(
  folder: string,
  previous: Uint8Array | undefined,
  updated: JobState,
  content: EventContent,
  files: Files,
): Promise<Mutated> {
  const event: JobEvent = {
    schema_id: JOB_SCHEMA_ID.event,
    schema_version: RECORD_VERSION,
    created_at: updated.updated_at,
    job_id: updated.job_id,
    revision: updated.revision,
    type: content.type,
    actor: content.actor ?? "",
    reason_code: content.reasonCode,
    ...(content.payload && { payload: sortedMembers(content.payload) }),
  };
  const torn = await endLog(folder, files);
  const anywhere = { anywhere: true };
  const bytes = stateBytes(updated);
  try {
    await files.writeAtomic(joinPath(folder, MARKER_FILE), pendingBytes(previous, bytes, event), anywhere);
    await files.writeAtomic(joinPath(folder, STATE_FILE), bytes, anywhere);
    await appendEvent(folder, event, files);
  } catch (error) {
    // What can't be recovered at once stays marked: the next command does it.
    const recovered = await recoverJob(folder, files).catch(() => undefined);
    if (recovered?.outcome !== "completed") throw error;
    return { state: updated, event, warnings: recovered.warnings };
  }
  // State and log agree: a marker that can't be removed only makes the next command look.
  await files.remove(joinPath(folder, MARKER_FILE)).catch(() => {});
  return { state: updated, event, warnings: torn === undefined ? [] : [torn] };
}

function sortedMembers(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(object).sort(compareBytewise).map((name) => [name, object[name]!]));
}

/**
 * The time of a mutation: always behind the previous one, even if a clock was set back, so that what came first is told
 * by the times of checkpoints and approvals.
 */
function timeBehind(previous: Rfc3339, now: number): Rfc3339 {
  const time = timeOfMillis(now);
  return compareInstants(time, previous) > 0 ? time : timeAfter(0, unixNanos(previous) + 1n);
}
