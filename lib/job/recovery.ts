import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { endLog, isSameEvent, readEvents } from "./event_log.ts";
import { MARKER_FILE, STATE_FILE } from "./folder.ts";
import { readPending } from "./pending.ts";
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
 * Complete or undo an interrupted mutation (docs/spec/job.md 6): if its event is in the log, the new state is
 * restored, otherwise the previous one. This also repairs a state that a crash made unreadable; a torn event is cut
 * off. The caller holds the lock of the job.
 *
 * @throws {GaitError} `invalid_input` if the marker or the log can't be read; the marker is then kept
 */
export async function recoverJob(folder: string, files: Files): Promise<RecoveryResult> {
  if (!await isPending(folder, files)) return { outcome: "nothing", warnings: [] };
  const { previous, updated, event } = await readPending(folder, files);
  const torn = await endLog(folder, files);
  const warnings = torn === undefined ? [] : [torn];
  const events = await readEvents(folder, files);
  // The whole event is compared: the log of an earlier job may hold a different event of the same revision.
  const at = events.findIndex((logged) => isSameEvent(logged, event));
  if (at >= 0 && at < events.length - 1) {
    const { revision } = await readState(folder, files);
    if (revision !== events.at(-1)!.revision) {
      throw invalidInput(
        `Cannot recover job "${event.job_id}": the log has events after the interrupted one`,
        {
          detail: "pending_mutation_invalid",
          hint: `Compare ${MARKER_FILE} with ${STATE_FILE} and the log, then move it away`,
        },
      );
    }
  } else {
    await restore(joinPath(folder, STATE_FILE), at >= 0 ? updated : previous, files);
  }
  await files.remove(joinPath(folder, MARKER_FILE));
  return { outcome: at >= 0 ? "completed" : "undone", warnings };
}

/** Write a state, or remove it; a state that is already correct is left alone. */
async function restore(path: string, state: JsonObject | undefined, files: Files): Promise<void> {
  const exists = await files.stat(path) !== undefined;
  if (state === undefined) {
    if (exists) await files.remove(path);
    return;
  }
  const content = prettyJson(state);
  if (exists && equalBytes(await files.read(path), content)) return;
  await files.writeAtomic(path, content, { anywhere: true });
}
