import type { Files } from "../effects/mod.ts";
import { invalidInput, invalidOption } from "../errors/mod.ts";
import { baseName, cleanPath, folderOf, joinPath } from "../formats/path.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";

/** Where jobs are looked for unless somebody says otherwise. */
export const JOB_ROOT = `${OUTPUT_FOLDER}/jobs`;

/** Files of a job folder (docs/spec/job.md 2). */
export const STATE_FILE = "state.json";
export const EVENTS_FILE = "events.jsonl";
export const MARKER_FILE = "pending_mutation.json";

/** Ids that are one name of a folder on every system: no separators, no leading dot. */
const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Whether a text may name a job (docs/spec/job.md 1). */
export function isJobId(id: string): boolean {
  return JOB_ID.test(id);
}

/**
 * The id of a job as somebody gave it, trimmed.
 *
 * @throws {GaitError} `invalid_input` when it can't name a job
 */
export function checkedJobId(given: string): string {
  const id = given.trim();
  if (isJobId(id)) return id;
  throw invalidInput(`Cannot use job id "${given}"`, {
    detail: "invalid_job_id",
    hint:
      "Begin with a letter or digit, then use at most 127 letters, digits, dots, underscores, colons or dashes",
  });
}

/** The folder of a job; the root may lie anywhere, a blank one is the default. */
export function jobFolder(root: string, id: string): string {
  return joinPath(root.trim() || JOB_ROOT, checkedJobId(id));
}

/**
 * Find the folder of a job: a folder, its `state.json`, or an id below a root (docs/spec/pack.md 3.2).
 *
 * @throws {GaitError} `invalid_input` when there is no such job
 */
export async function locateJob(source: string, root: string, files: Files): Promise<string> {
  const given = cleanPath(source.trim());
  const info = await files.stat(given);
  if (info?.kind === "folder") return given;
  if (info?.kind === "file" && baseName(given).toLowerCase() === STATE_FILE) return folderOf(given);
  if (!isJobId(given)) {
    throw invalidInput(`Cannot find job "${source}": it is no job id, and no folder is there`);
  }
  const folder = joinPath(root, given);
  if ((await files.stat(folder))?.kind === "folder") return folder;
  throw invalidOption(
    () => `Cannot find job "${source}": looked at ${folder}`,
    (name) => `Give its id together with ${name("jobRoot")}, or its folder`,
  );
}
