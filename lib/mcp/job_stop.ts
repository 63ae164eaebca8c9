import { GaitError } from "../errors/mod.ts";
import type { JobEffects } from "../job/context.ts";
import type { CheckStop } from "./emergency_stop.ts";

/**
 * Check the jobs in a folder for emergency stops. Each call that a stop blocks is recorded in the event log of its
 * job.
 */
export function jobStop(root: string, effects: JobEffects): CheckStop {
  return async (jobId) => {
    // A hook starts for each call, and few calls belong to a job.
    const [{ readJob }, { isEmergencyStopped, recordBlockedDispatch }] = await Promise.all([
      import("../job/read.ts"),
      import("../job/blocked_dispatch.ts"),
    ]);
    const { state } = await readJob(root, jobId, effects);
    const { safety_invariant_version: version, safety_invariant_hash: hash } = state;
    const safetyInvariant = { version, hash };
    if (!isEmergencyStopped(state)) return { kind: "running", safetyInvariant };
    try {
      await recordBlockedDispatch(root, jobId, {}, effects);
      return { kind: "stopped", safetyInvariant };
    } catch (error) {
      // The call is blocked even if the event log can't be written.
      if (!(error instanceof GaitError)) throw error;
      return { kind: "stopped", safetyInvariant, unrecorded: error.message };
    }
  };
}
