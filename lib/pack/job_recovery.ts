import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import {
  isJsonObject,
  type JsonObject,
  prettyJson,
  readJsonLines,
  readJsonObject,
} from "../formats/json/mod.ts";
import { baseName, joinPath } from "../formats/path.ts";

/** Files of a job folder (docs/spec/job.md section 2). */
export const STATE_FILE = "state.json";
export const EVENTS_FILE = "events.jsonl";
const MARKER = "pending_mutation.json";

/** As the commands of jobs lock a job (docs/spec/job.md section 6). */
const LOCK = { wait: 2_000, retry: 10 };

/**
 * Finish or undo a mutation that a crash interrupted (docs/spec/job.md section 6): when its event is in the log the new
 * state counts, else the one before it.
 *
 * @throws {GaitError} `invalid_input` when the marker can't be read or is of another job; it is kept then
 */
export async function recoverJob(folder: string, files: Files): Promise<void> {
  const marker = joinPath(folder, MARKER);
  if (await files.stat(marker) === undefined) return;
  const statePath = joinPath(folder, STATE_FILE);
  await files.withLock(statePath, LOCK, async () => {
    if (await files.stat(marker) === undefined) return; // somebody else was faster
    const what = `pending mutation "${marker}"`;
    const pending = readJsonObject(await files.read(marker), { what, numbers: "exact" });
    const parts = ["updated_state", "previous_state", "event"].map((name) => pending[name]);
    const [updated, previous, event] = parts;
    const ids = [pending, ...parts.filter(isJsonObject)].map((part) => part.job_id);
    if (ids.some((id) => id !== baseName(folder)) || !isJsonObject(updated) || !isJsonObject(event)) {
      throw invalidInput(`Cannot recover job: ${what} is not of this job`);
    }
    if (typeof event.revision !== "number") {
      throw invalidInput(`Cannot recover job: the event of ${what} has no revision`);
    }
    const logged = await holdsRevision(joinPath(folder, EVENTS_FILE), event.revision, files);
    const target = logged ? updated : previous;
    if (isJsonObject(target)) await writeState(statePath, target, files);
    else if (await files.stat(statePath) !== undefined) await files.remove(statePath);
    await files.remove(marker);
  });
}

async function holdsRevision(path: string, revision: number, files: Files): Promise<boolean> {
  if (await files.stat(path) === undefined) return false;
  for (const { value } of readJsonLines(await files.read(path), path)) {
    if (isJsonObject(value) && value.revision === revision) return true;
  }
  return false;
}

async function writeState(path: string, state: JsonObject, files: Files): Promise<void> {
  const content = prettyJson(state);
  const held = await files.stat(path) === undefined ? undefined : await files.read(path);
  if (!held || !equalBytes(held, content)) await files.writeAtomic(path, content);
}
