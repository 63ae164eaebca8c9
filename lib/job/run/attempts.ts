import { GaitError } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { JobState } from "../../schema/job.ts";
import { sha256 } from "../../signing/mod.ts";
import { addCheckpoint } from "../checkpoints.ts";
import { readEvents } from "../event_log.ts";
import { readJob } from "../read.ts";
import { TERMINAL } from "../transitions.ts";
import { waitUntilRunning } from "../wait.ts";
import { type AttemptContext, runAttempt } from "./attempt.ts";
import { shortened } from "./child_lines.ts";
import { type AttemptOutcome, type RunHistory, runHistory } from "./history.ts";
import type { RunObserver, RunOptions, RunResult } from "./options.ts";
import { RUNNER_ACTOR } from "./record_lines.ts";

const MAX_BACKOFF = 60_000;

/**
 * Run the command until it succeeds, no attempt is left, or the job is over. How many attempts were made is read from
 * the events each time, so that a command which takes its runner down with it is not started without end.
 */
export async function runAttempts(
  context: AttemptContext,
  options: RunOptions,
  commandDigest: string,
  { note }: RunObserver,
): Promise<RunResult> {
  const { root, id, folder, effects, supervision } = context;
  const checkpoint = (type: "progress" | "blocked" | "completed", summary: string, details: JsonObject) =>
    addCheckpoint(root, id, { type, summary: shortened(summary), actor: RUNNER_ACTOR, details }, effects);
  const history = async () => runHistory(await readEvents(folder, effects.files));
  const recordEnd = async (summary: string, details: JsonObject): Promise<JobState> => {
    try {
      const type = details.outcome === "completed" ? "completed" : "blocked";
      return (await checkpoint(type, summary, details)).state;
    } catch (error) {
      return await stateIfEnded(context, error);
    }
  };
  for (;;) {
    const past = await history();
    if (past.endedInFailure) await supervision.sleep(backoffAfter(past.failed, options.backoff));
    const before = await waitUntilRunning(root, id, effects, supervision.sleep, (status) => {
      note(`the job is ${status}; it continues when it is resumed`);
    });
    if (TERMINAL.includes(before.status)) return { state: before, attempt: past.last };
    const { last, notes, ...used } = await history();
    if (isUsedUp(used, options.attempts)) {
      const details = { attempt: last, outcome: used.endedInFailure ? "failed" : "lost" };
      const how = used.endedInFailure ? "failed" : "was lost when its runner died";
      return {
        state: await recordEnd(`attempt ${last} ${how}, and no attempt is left`, details),
        attempt: last,
      };
    }
    const attempt = last + 1;
    await checkpoint("progress", `attempt ${attempt} started: ${context.command}`, {
      attempt,
      command_sha256: commandDigest,
    });
    note(`attempt ${attempt} started`);
    const end = await runAttempt(context, attempt, await environment(context, before, notes));
    const { state } = await readJob(root, id, effects);
    if (TERMINAL.includes(state.status)) return { state, attempt, end };
    const outcome = end.signal === undefined ? `exited with ${end.code}` : `was ended by ${end.signal}`;
    const details = (how: AttemptOutcome) => ({
      attempt,
      outcome: how,
      exit_status: end.code,
      ...(end.signal && { signal: end.signal }),
      stdout_sha256: end.stdout,
      stderr_sha256: end.stderr,
    });
    if (state.status !== "running") {
      // It requested a decision and exited: the next attempt starts after the resume.
      await checkpoint("progress", `attempt ${attempt} ${outcome} while the job waits`, details("deferred"));
      continue;
    }
    const { failed, lost } = await history();
    const after = { failed: failed + 1, lost: lost - 1 };
    if (end.code === 0 || isUsedUp(after, options.attempts)) {
      const how = end.code === 0 ? "completed" : "failed";
      return { state: await recordEnd(`attempt ${attempt} ${outcome}`, details(how)), attempt, end };
    }
    const pause = backoffAfter(after.failed, options.backoff);
    await checkpoint(
      "progress",
      `attempt ${attempt} ${outcome}; the next one starts in ${pause} ms`,
      details("failed"),
    );
    note(`attempt ${attempt} ${outcome}`);
  }
}

/** Whether no attempt is left, whichever runner made the earlier ones. */
function isUsedUp({ failed, lost }: Pick<RunHistory, "failed" | "lost">, max: number | undefined): boolean {
  return max === undefined ? failed > 0 : failed + lost >= max;
}

/** Milliseconds between an attempt that failed and the next one. */
function backoffAfter(failed: number, backoff: number): number {
  return Math.min(MAX_BACKOFF, backoff * 2 ** Math.max(0, failed - 1));
}

/** The state of a job that was stopped or cancelled before its last checkpoint could be added. */
async function stateIfEnded({ root, id, effects }: AttemptContext, error: unknown): Promise<JobState> {
  if (!(error instanceof GaitError) || error.detail !== "illegal_transition") throw error;
  return (await readJob(root, id, effects)).state;
}

/**
 * The environment variables of the command. GAIT_JOB_KEY is unique to the job and the same in every attempt: with a
 * step number appended it serves as an idempotency key, by which the receiver of a side effect recognises a
 * repetition.
 */
async function environment(
  { root, id, effects }: AttemptContext,
  { checkpoints, created_at, job_id }: JobState,
  notes: ReadonlySet<string>,
): Promise<Record<string, string>> {
  const last = checkpoints.findLast(({ type, checkpoint_id }) =>
    type === "progress" && !notes.has(checkpoint_id)
  );
  return {
    GAIT_JOB_ID: id.trim(),
    GAIT_JOB_ROOT: await effects.files.realPath(root),
    GAIT_JOB_KEY: (await sha256(`${job_id}\n${created_at}`)).slice(0, 32),
    // No environment variable can hold a NUL, and a command that can't be started would never get past this step.
    GAIT_JOB_LAST: (last?.summary ?? "").replaceAll("\0", "\ufffd"),
  };
}
