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
    const [{ readCheckedJob }, { historyEdited }, { isEmergencyStopped, recordBlockedDispatch }] =
      await Promise.all([
        import("../job/glance.ts"),
        import("../job/links.ts"),
        import("../job/blocked_dispatch.ts"),
      ]);
    const { state, findings: [edited] } = await readCheckedJob(root, jobId, effects);
    const { safety_invariant_version: version, safety_invariant_hash: hash } = state;
    const safetyInvariant = { version, hash };
    if (!isEmergencyStopped(state)) {
      // The edit may have lifted a stop: nothing tells.
      if (edited !== undefined) throw historyEdited(state.job_id, "go on with", edited);
      return { kind: "running", safetyInvariant };
    }
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
