import type { Files } from "../effects/mod.ts";
import type { JobState } from "../schema/job.ts";

/*
 * A runner adds checkpoint after checkpoint to one job, so the state that this process read or wrote last is remembered.
 */

/** A state file that this process read or wrote. */
export interface HeldState {
  readonly path: string;
  /** The version of the file (`FileInfo.version`). */
  readonly version: string;
  readonly state: JobState;
}

const lastOf = new WeakMap<Files, HeldState>();

/** The state at a path, if the file is still the one that was read or written last. */
export function heldState(files: Files, path: string, version: string): JobState | undefined {
  const last = lastOf.get(files);
  return last?.path === path && last.version === version ? last.state : undefined;
}

/** Remember a state; only the last one is kept. */
export function holdState(files: Files, held: HeldState): void {
  lastOf.set(files, held);
}

const own = new WeakSet<JobState>();

/** Remember that this process wrote a state: as long as it is held, its file has not been changed. */
export function markOwnState(state: JobState): void {
  own.add(state);
}

export function isOwnState(state: JobState): boolean {
  return own.has(state);
}
