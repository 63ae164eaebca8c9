import type { Files } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import type { JobEvent } from "../schema/job.ts";
import { equalHex, sha256 } from "../signing/mod.ts";
import { appendEvent, endLog, isSameEvent, readEvents } from "./event_log.ts";
import { MARKER_FILE, NEXT_STATE_FILE, STATE_FILE } from "./folder.ts";
import { readPending, unrecoverable } from "./pending.ts";
import { readState } from "./state.ts";

/** The result of a recovery. */
export interface RecoveryResult {
  /** Whether the interrupted mutation was completed or undone; `nothing` when none was interrupted. */
  readonly outcome: "nothing" | "completed" | "undone";
  readonly warnings: readonly string[];
}

/** Whether a mutation of the job is in progress or was interrupted. */
export async function isPending(folder: string, files: Files): Promise<boolean> {
  return await files.stat(joinPath(folder, MARKER_FILE)) !== undefined;
}

/**
 * Complete or undo an interrupted mutation (docs/spec/job.md 6), so that afterwards either both its state and its event
 * are there, or neither. This also repairs a state that a crash made unreadable; a torn event is cut off. The caller
 * holds the lock of the job.
 *
 * @throws {GaitError} `invalid_input` if the marker or the log can't be read, or neither outcome can be reached; the
 * marker is then kept
 */
export async function recoverJob(folder: string, files: Files): Promise<RecoveryResult> {
  if (!await isPending(folder, files)) return { outcome: "nothing", warnings: [] };
  const { event, states } = await readPending(folder, files);
  const torn = await endLog(folder, files);
  const warnings = torn === undefined ? [] : [torn];
  const events = await readEvents(folder, files, "until then, the interrupted mutation can't be recovered");
  // The whole event is compared: the log of an earlier job may hold a different event of the same revision.
  const at = events.findIndex((logged) => isSameEvent(logged, event));
  let outcome: "completed" | "undone" = at >= 0 ? "completed" : "undone";
  if (at >= 0 && at < events.length - 1) {
    const { revision } = await readState(folder, files, event.job_id);
    if (revision !== events.at(-1)!.revision) {
      throw unrecoverable(folder, "the log has events after the interrupted one");
    }
  } else if ("updated" in states) {
    await restore(joinPath(folder, STATE_FILE), at >= 0 ? states.updated : states.previous, files);
  } else {
    outcome = await reconcile(folder, event, events, states.digest, files);
  }
  await removeIfThere(joinPath(folder, NEXT_STATE_FILE), files);
  await files.remove(joinPath(folder, MARKER_FILE));
  return { outcome, warnings };
}

/** Write a state, or remove it; a state that is already correct is left alone. */
async function restore(path: string, state: JsonObject | undefined, files: Files): Promise<void> {
  if (state === undefined) return await removeIfThere(path, files);
  const content = prettyJson(state);
  if (await files.stat(path) !== undefined && equalBytes(await files.read(path), content)) return;
  await files.writeAtomic(path, content, { anywhere: true });
}

/**
 * Make state and log agree, when the new state is in a file of its own. If the event was not logged, the state was not
 * touched: the mutation is undone by forgetting it. If that state is lost all the same, the mutation is completed
 * instead, since its result is what remains of the job.
 */
async function reconcile(
  folder: string,
  event: JobEvent,
  events: readonly JobEvent[],
  digest: string,
  files: Files,
): Promise<"completed" | "undone"> {
  const [path, next] = [joinPath(folder, STATE_FILE), joinPath(folder, NEXT_STATE_FILE)];
  const isLogged = events.length > 0 && isSameEvent(events.at(-1)!, event);
  const isUpdated = await hasDigest(path, digest, files);
  if (!isLogged && !isUpdated && await isBefore(folder, event, files)) return "undone";
  // A link with the right content must not become the state: whoever can write to where it leads would change the job.
  const isNext = !isUpdated && (await files.stat(next))?.kind === "file" &&
    await hasDigest(next, digest, files);
  if (!isUpdated && !isNext) {
    throw unrecoverable(folder, `neither ${STATE_FILE} nor ${NEXT_STATE_FILE} is the state of the mutation`);
  }
  if (!isLogged && (events.at(-1)?.revision ?? 0) !== event.revision - 1) {
    throw unrecoverable(folder, "its last event is not the one before the mutation");
  }
  if (!isLogged) await appendEvent(folder, event, files);
  if (!isUpdated) await files.rename(next, path);
  return "completed";
}

/** Whether the state is the one that the event changes. The first event of a job changes none. */
async function isBefore(folder: string, { revision, job_id }: JobEvent, files: Files): Promise<boolean> {
  if (revision === 1) return true;
  try {
    return (await readState(folder, files, job_id)).revision === revision - 1;
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return false;
    throw error;
  }
}

async function hasDigest(path: string, digest: string, files: Files): Promise<boolean> {
  if (await files.stat(path) === undefined) return false;
  return equalHex(await sha256(await files.read(path)), digest);
}

async function removeIfThere(path: string, files: Files): Promise<void> {
  if (await files.stat(path) !== undefined) await files.remove(path);
}
