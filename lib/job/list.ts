import { GaitError, messageOf } from "../errors/mod.ts";
import { joinPath } from "../formats/path.ts";
import type { JobEffects } from "./context.ts";
import { jobFolders } from "./divergences.ts";
import { JOB_ROOT } from "./folder.ts";
import { type Glance, glanceAt } from "./glance.ts";

/** A listed job, or the error when its state or log can't be read: one unreadable job must not hide the others. */
export type ListedJob =
  | { readonly id: string } & Glance
  | { readonly id: string; readonly error: string };

/** List all jobs below a root, sorted by id, without recovering anything. */
export async function listJobs(root: string, { files }: JobEffects): Promise<ListedJob[]> {
  const jobs: ListedJob[] = [];
  const folder = root.trim() || JOB_ROOT;
  for (const id of await jobFolders(folder, files)) {
    try {
      jobs.push({ id, ...await glanceAt(joinPath(folder, id), files, id) });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      jobs.push({ id, error: messageOf(error) });
    }
  }
  return jobs;
}
