import type { Files } from "../effects/mod.ts";
import type { JobState } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { jobFolder } from "./folder.ts";
import { checkTail, type Finding } from "./links.ts";
import { withJobLock } from "./lock.ts";
import { readJob, type ReadJobResult } from "./read.ts";
import { isPending, recoverJob } from "./recovery.ts";
import { readState } from "./state.ts";

/*
 * What is shown of a job without reading its log: the state, and whether the last event of the log vouches for it and
 * it for the end of the log (docs/spec/job.md 2.5).
 */

/** State and log do not fit, and a change is under way, or a crash interrupted one. */
export interface Unfinished {
  readonly code: "pending_mutation";
  readonly text: string;
}

/** A state, and what does not fit. */
export interface Glance {
  readonly state: JobState;
  readonly finding?: Finding | Unfinished;
}

/** Between state and log, a change may come; so many in a row may come only to a job that works without pause. */
const TRIES = 3;

/**
 * Look at a job without its lock, and without recovering anything.
 *
 * @param id the id that the state must have; any when absent
 * @throws {GaitError} as {@linkcode readState}
 */
export async function glanceAt(folder: string, files: Files, id?: string): Promise<Glance> {
  for (let tries = 1;; tries++) {
    const state = await readState(folder, files, id);
    const tail = await checkTail(folder, state, files);
    if (tail === undefined) return { state };
    // A state that was not replaced meanwhile is the same object.
    const isSettled = !await isPending(folder, files) && await readState(folder, files, id) === state;
    if (isSettled) return { state, finding: tail.finding };
    if (tries < TRIES) continue;
    const text = "state and log do not fit: a change is under way, or was interrupted";
    return { state, finding: { code: "pending_mutation", text } };
  }
}

/** A job as {@linkcode readJob} reads it, and what does not fit; then it was edited. */
export interface CheckedJob extends ReadJobResult {
  readonly findings: readonly Finding[];
}

/**
 * Read the state of a job, after recovery, and check it against the end of its log.
 *
 * @throws {GaitError} as {@linkcode readJob}
 */
export async function readCheckedJob(root: string, id: string, effects: JobEffects): Promise<CheckedJob> {
  const folder = jobFolder(root, id);
  const { files } = effects;
  const { warnings } = await readJob(root, id, effects);
  const { state, finding } = await glanceAt(folder, files, id.trim());
  if (finding === undefined) return { state, warnings, findings: [] };
  if (finding.code !== "pending_mutation") return { state, warnings, findings: [finding] };
  return await withJobLock(folder, effects, async () => {
    const recovered = await recoverJob(folder, files);
    const settled = await readState(folder, files, id.trim());
    const tail = await checkTail(folder, settled, files);
    return {
      state: settled,
      warnings: [...warnings, ...recovered.warnings],
      findings: tail === undefined ? [] : [tail.finding],
    };
  });
}
