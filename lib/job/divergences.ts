import type { Files } from "../effects/mod.ts";
import { joinPath } from "../formats/path.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { readLog } from "./event_log.ts";
import { isJobId, STATE_FILE } from "./folder.ts";
import { isPending } from "./recovery.ts";
import type { Finding } from "./links.ts";
import { readState } from "./state.ts";
import { checkHistory } from "./verify.ts";

/** How the state and the event log of a job can disagree (docs/spec/job.md 2.5 and 6). */
export type DivergenceKind =
  | "pending_mutation"
  | "missing_state_with_events"
  | "state_ahead_of_event_log"
  | "event_log_ahead_of_state"
  | Finding["code"];

export interface Divergence {
  readonly jobId: string;
  readonly kind: DivergenceKind;
}

/**
 * Find the jobs below a root whose state and event log disagree, sorted by job and kind, without recovering anything.
 * Symbolic links and folders whose name can't be a job id are skipped.
 *
 * @throws {GaitError} `invalid_input` when a state or a log can't be read
 */
export async function findDivergences(root: string, files: Files): Promise<Divergence[]> {
  const found: Divergence[] = [];
  for (const jobId of await jobFolders(root, files)) {
    for (const kind of await divergencesOf(joinPath(root, jobId), files)) found.push({ jobId, kind });
  }
  return found;
}

/** The names of the job folders below a root, sorted. */
export async function jobFolders(root: string, files: Files): Promise<string[]> {
  const names: string[] = [];
  for (const name of await files.list(root)) {
    if (isJobId(name) && (await files.stat(joinPath(root, name)))?.kind === "folder") names.push(name);
  }
  return names.sort(compareBytewise);
}

async function divergencesOf(folder: string, files: Files): Promise<DivergenceKind[]> {
  const kinds: DivergenceKind[] = [];
  const hasState = await files.stat(joinPath(folder, STATE_FILE)) !== undefined;
  const state = hasState ? await readState(folder, files) : undefined;
  const read = await readLog(folder, files);
  const { events } = read;
  const logged = events.at(-1)?.revision ?? 0;
  if (await isPending(folder, files)) kinds.push("pending_mutation");
  if (state === undefined && events.length > 0) kinds.push("missing_state_with_events");
  if (state !== undefined && state.revision > logged) kinds.push("state_ahead_of_event_log");
  if (state !== undefined && state.revision < logged) kinds.push("event_log_ahead_of_state");
  // What does not fit in the middle of a change, or without one of the files, was not edited.
  if (kinds.length === 0 && state !== undefined) {
    const { findings } = await checkHistory({ state, ...read });
    for (const code of new Set(findings.map(({ code }) => code))) kinds.push(code);
  }
  return kinds.sort(compareBytewise);
}
