import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { endLog, isSameEvent, readEvents } from "./event_log.ts";
import { MARKER_FILE, STATE_FILE } from "./folder.ts";
import { readPending } from "./pending.ts";
import { readState } from "./state.ts";

/** What a recovery came to. */
export interface Recovery {
  /** Whether the interrupted mutation counts or was undone; `nothing` when none was interrupted. */
  readonly outcome: "nothing" | "completed" | "undone";
  readonly warnings: readonly string[];
}

/** Whether a mutation of the job was interrupted, or is under way. */
export async function isPending(folder: string, files: Files): Promise<boolean> {
  return await files.stat(joinPath(folder, MARKER_FILE)) !== undefined;
}

/**
 * Finish or undo an interrupted mutation (docs/spec/job.md 6): if its event is in the log, the new state counts, or else
 * the previous one. A state that a crash made unreadable is thereby restored, a torn event is cut off. The caller holds
 * the lock of the job.
 *
 * @throws {GaitError} `invalid_input` if the marker or the log can't be read; the marker is then kept
 */
export async function recoverJob(folder: string, files: Files): Promise<Recovery> {
  if (!await isPending(folder, files)) return { outcome: "nothing", warnings: [] };
  const { previous, updated, event } = await readPending(folder, files);
  const torn = await endLog(folder, files);
  const warnings = torn === undefined ? [] : [torn];
  const events = await readEvents(folder, files);
  // The whole event is compared: a left-over log may hold another one of the same revision.
  const at = events.findIndex((logged) => isSameEvent(logged, event));
  if (at >= 0 && at < events.length - 1) {
    const { revision } = await readState(folder, files);
    if (revision !== events.at(-1)!.revision) {
      throw invalidInput(
        `Cannot recover job "${event.job_id}": events were logged behind the interrupted one`,
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

/** A state that is right already is not written. */
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
