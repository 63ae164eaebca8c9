import type { JobState } from "../schema/job.ts";
import type { JobEffects } from "./context.ts";
import { readJob } from "./read.ts";
import { TERMINAL } from "./transitions.ts";

/** Milliseconds between two looks. */
const POLL = 100;

/**
 * Wait until a job runs, or is over.
 *
 * @param note what whoever waits is told about a status that holds the job
 */
export async function waitUntilRunning(
  root: string,
  id: string,
  effects: JobEffects,
  sleep: (milliseconds: number) => Promise<void>,
  note: (status: string) => void = () => {},
): Promise<JobState> {
  for (let said = "";;) {
    const { state } = await readJob(root, id, effects);
    if (state.status === "running" || TERMINAL.includes(state.status)) return state;
    if (said !== state.status) note(state.status);
    said = state.status;
    await sleep(POLL);
  }
}
