import type { JobState } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { mutateJob, type MutationResult } from "./mutate.ts";
import { checkStatus } from "./transitions.ts";

/** Whether an emergency stop forbids dispatching any further call of a job (docs/spec/job.md 7). */
export function isEmergencyStopped({ status, stop_reason }: JobState): boolean {
  return status === "emergency_stopped" && stop_reason === "emergency_stopped";
}

/**
 * Record that a call of a stopped job was blocked at a boundary.
 *
 * @throws {GaitError} `invalid_input` with the detail `illegal_transition` when the job is not stopped
 */
export async function recordBlockedDispatch(
  root: string,
  id: string,
  { actor = "mcp-proxy", dispatchPath = "mcp.proxy" }: {
    readonly actor?: string;
    readonly dispatchPath?: string;
  },
  effects: JobEffects,
): Promise<MutationResult> {
  return await mutateJob(root, id, effects, (job) => {
    checkStatus(job, "block a call of", ["emergency_stopped"]);
    return {
      state: {},
      event: {
        type: "dispatch_blocked",
        actor,
        reasonCode: "emergency_stop_preempted",
        payload: { dispatch_path: dispatchPath },
      },
    };
  }, "unchecked");
}
