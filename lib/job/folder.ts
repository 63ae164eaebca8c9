import type { Files } from "../effects/mod.ts";
import { invalidInput, invalidOption } from "../errors/mod.ts";
import { baseName, cleanPath, folderOf, isDeviceName, joinPath } from "../formats/path.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";

/** The default folder of jobs. */
export const JOB_ROOT = `${OUTPUT_FOLDER}/jobs`;

/** The files in a job folder (docs/spec/job.md 2). */
export const STATE_FILE = "state.json";
export const EVENTS_FILE = "events.jsonl";
export const MARKER_FILE = "pending_mutation.json";
export const NEXT_STATE_FILE = "next_state.json";

/** Ids that every file system accepts as the name of one folder: no separators, no leading dot. */
const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Whether a text is a valid job id (docs/spec/job.md 1). */
export function isJobId(id: string): boolean {
  return JOB_ID.test(id) && !isDeviceName(id);
}

/**
 * Trim and validate a job id from the caller.
 *
 * @throws {GaitError} `invalid_input` when it is not a valid job id
 */
export function checkedJobId(given: string): string {
  const id = given.trim();
  if (isJobId(id)) return id;
  throw invalidInput(`Cannot use job id "${given}"`, {
    detail: "invalid_job_id",
    hint:
      "Begin with a letter or digit, then use at most 127 letters, digits, dots, underscores, colons or dashes, and no name of a device such as con or nul",
  });
}

/** The folder of a job. The root may be any folder; a blank root means the default one. */
export function jobFolder(root: string, id: string): string {
  return joinPath(root.trim() || JOB_ROOT, checkedJobId(id));
}

/**
 * Find the folder of a job that is given as a folder, as its `state.json`, or as an id below a root
 * (docs/spec/pack.md 3.2).
 *
 * @throws {GaitError} `invalid_input` when there is no such job
 */
export async function locateJob(source: string, root: string, files: Files): Promise<string> {
  const given = cleanPath(source.trim());
  const info = await files.stat(given);
  if (info?.kind === "folder") return given;
  if (info?.kind === "file" && baseName(given).toLowerCase() === STATE_FILE) return folderOf(given);
  if (!isJobId(given)) {
    throw invalidInput(`Cannot find job "${source}": it is not a job id, and there is no such folder`);
  }
  const folder = joinPath(root, given);
  if ((await files.stat(folder))?.kind === "folder") return folder;
  throw invalidOption(
    () => `Cannot find job "${source}": there is no folder ${folder}`,
    (name) => `Give its id together with ${name("jobRoot")}, or the path of its folder`,
  );
}
