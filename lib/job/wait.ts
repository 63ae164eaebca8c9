import type { JobState } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { readCheckedJob } from "./glance.ts";
import { historyEdited } from "./links.ts";
import { TERMINAL } from "./transitions.ts";

/** Milliseconds between two polls. */
const POLL = 100;

/**
 * Wait until a job is running or in a terminal status.
 *
 * @param note called with each other status that the job has while waiting
 * @throws {GaitError} `verification_failed` when state or log were edited
 */
export async function waitUntilRunning(
  root: string,
  id: string,
  effects: JobEffects,
  sleep: (milliseconds: number) => Promise<void>,
  note: (status: string) => void = () => {},
): Promise<JobState> {
  for (let reported = "";;) {
    const { state, findings: [edited] } = await readCheckedJob(root, id, effects);
    // Whoever waits goes on when the job runs: an edited state is no answer.
    if (edited !== undefined) throw historyEdited(state.job_id, "wait for", edited);
    if (state.status === "running" || TERMINAL.includes(state.status)) return state;
    if (reported !== state.status) note(state.status);
    reported = state.status;
    await sleep(POLL);
  }
}
