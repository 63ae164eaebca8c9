import { GaitError } from "../errors/mod.ts";

/** Whether a job may make new calls. */
export type StopState =
  | { readonly kind: "running"; readonly safetyInvariant: SafetyInvariant }
  /**
   * The job was stopped in an emergency; `unrecorded` is why the blocked call could not be recorded in its event log.
   */
  | { readonly kind: "stopped"; readonly safetyInvariant: SafetyInvariant; readonly unrecorded?: string }
  | { readonly kind: "unavailable"; readonly problem: string };

/** Version and hash of the safety invariants of a job. */
export interface SafetyInvariant {
  readonly version: string;
  readonly hash: string;
}

/** Checks whether a job was stopped, and if so records in its event log that a call was blocked. */
export type CheckStop = (jobId: string) => Promise<StopState>;

/**
 * Check a job, failing closed: a state that can't be read blocks the call like an emergency stop (docs/spec/mcp.md
 * 2.1, item 11).
 *
 * INVARIANT: no call of a job passes while its state can't be read.
 */
export async function stopStateOf(jobId: string, check: CheckStop): Promise<StopState> {
  try {
    return await check(jobId);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { kind: "unavailable", problem: error.message };
  }
}
