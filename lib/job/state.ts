import type { Files } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { readJsonObject } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { JOB_SCHEMA_ID, JOB_STATUSES, type JobState, jobStateSchema } from "../schema/job.ts";
import { STATE_FILE } from "./folder.ts";
import { withLedger } from "./ledger.ts";
import { heldState, holdState } from "./state_cache.ts";
import { readWrittenState } from "./written_state.ts";

/**
 * Read the state of a job from its folder, without recovery.
 *
 * @param id the id that the state must have; any when absent
 * @throws {GaitError} `invalid_input` with the detail `job_not_found` when there is none, `job_state_invalid` when it
 * can't be read
 */
export async function readState(folder: string, files: Files, id?: string): Promise<JobState> {
  const path = joinPath(folder, STATE_FILE);
  const info = await files.stat(path);
  if (info === undefined) throw jobNotFound(folder);
  const held = heldState(files, path, info.version);
  // An id that differs is refused below.
  if (held !== undefined && (id === undefined || held.job_id === id)) return held;
  const state = await readStateFrom(await files.read(path), `job state "${path}"`, id);
  holdState(files, { path, version: info.version, state });
  return state;
}

const RESTORE = "Restore the file from a copy; events.jsonl in the same folder has the history";

/** Parse the bytes of a state file. */
export async function readStateFrom(
  bytes: Uint8Array<ArrayBuffer>,
  what: string,
  id?: string,
): Promise<JobState> {
  const state = readWrittenState(bytes) ??
    readable(() =>
      decode(jobStateSchema, readJsonObject(bytes, { what, duplicates: "refuse", numbers: "exact" }), what)
    );
  const invalid = (reason: string) =>
    invalidInput(`Cannot read ${what}: ${reason}`, { detail: "job_state_invalid", hint: RESTORE });
  if (state.job_id.trim() === "") throw invalid("job_id is missing");
  if (id !== undefined && state.job_id !== id) throw invalid(`it belongs to job "${state.job_id}"`);
  if (state.schema_id !== "" && state.schema_id !== JOB_SCHEMA_ID.state) {
    throw invalid(`schema_id is "${state.schema_id}"`);
  }
  // A later version may mean something else by its members, and changing the job would lose those that are unknown.
  if (state.schema_version !== "" && !state.schema_version.startsWith("1.")) {
    throw invalid(`schema_version is "${state.schema_version}"`);
  }
  if (state.revision < 0) throw invalid("revision is negative");
  if (state.status !== "" && !(JOB_STATUSES as readonly string[]).includes(state.status)) {
    throw invalid(`status "${state.status}" is unknown`);
  }
  return await withLedger(state);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    throw invalidInput(error.message, {
      detail: error.detail ?? "job_state_invalid",
      hint: RESTORE,
      cause: error,
    });
  }
}

/** The error when there is no job with an id. */
export function jobNotFound(folder: string): GaitError {
  return invalidInput(`Cannot find job: there is no "${joinPath(folder, STATE_FILE)}"`, {
    detail: "job_not_found",
    hint: "See the jobs with: gait job list",
  });
}
