import { GaitError } from "../errors/mod.ts";
import type { JobEffects } from "../job/context.ts";
import { isEmergencyStopped, recordBlockedDispatch } from "../job/blocked_dispatch.ts";
import { readJob } from "../job/read.ts";
import type { AskStop } from "./emergency_stop.ts";

/** Asks the jobs in a folder, and lets the journal of a stopped one tell of each call that was blocked because of it. */
export function jobStop(root: string, effects: JobEffects): AskStop {
  return async (jobId) => {
    const { state } = await readJob(root, jobId, effects);
    const { safety_invariant_version: version, safety_invariant_hash: hash } = state;
    const safetyInvariant = { version, hash };
    if (!isEmergencyStopped(state)) return { kind: "running", safetyInvariant };
    try {
      await recordBlockedDispatch(root, jobId, {}, effects);
      return { kind: "stopped", safetyInvariant };
    } catch (error) {
      // It is blocked whether or not the journal can be written.
      if (!(error instanceof GaitError)) throw error;
      return { kind: "stopped", safetyInvariant, unrecorded: error.message };
    }
  };
}
