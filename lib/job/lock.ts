import type { Environment, Files } from "../effects/mod.ts";
import { GaitError, unsafeOperation } from "../errors/mod.ts";
import { parseDuration } from "../formats/duration.ts";
import { joinPath } from "../formats/path.ts";
import { timeOfMillis } from "../formats/time.ts";
import { EVENTS_FILE, STATE_FILE } from "./folder.ts";

/*
 * The locks of a job (docs/spec/job.md 6). Gait's own lock files carry an OS lock, so they become stale only when
 * their owner dies, regardless of their age. A lock file of another program has no OS lock and becomes stale by age
 * alone. LOG_WAIT is shorter than STALE_AFTER: a process that holds the job lock stops waiting for the lock of the
 * log before such a program would consider the job lock stale.
 */

/** Milliseconds. */
const STALE_AFTER = 30_000;
const RETRY = 10;
const DEFAULT_WAIT = 2_000;
const LOG_WAIT = 10_000;

/** How long to wait for the lock of a job, in milliseconds; `GAIT_JOB_LOCK_TIMEOUT` overrides the default. */
export function lockWait(env: Environment): number {
  const given = parseDuration((env.get("GAIT_JOB_LOCK_TIMEOUT") ?? "").trim());
  return given === undefined || given <= 0n ? DEFAULT_WAIT : Number(given / 1_000_000n);
}

/**
 * Run a step while holding the lock of a job, whose folder must exist.
 *
 * @throws {GaitError} `internal_failure` with the detail `lock_timeout` when the lock can't be acquired in time;
 * `unsafe_operation` when a link leads to the job: it may lead to another one of this name
 */
export async function withJobLock<T>(
  folder: string,
  effects: { readonly files: Files; readonly env: Environment },
  step: () => Promise<T>,
): Promise<T> {
  if ((await effects.files.stat(folder))?.kind === "symlink") {
    throw unsafeOperation(`Cannot change job: "${folder}" is a symbolic link`, {
      hint: "Give the folder of the jobs that it leads to: --root <folder>",
    });
  }
  return await withLockOf(joinPath(folder, STATE_FILE), lockWait(effects.env), effects.files, step);
}

/** Run a step while holding the lock of the event log, which other programs also respect. */
export function withLogLock<T>(folder: string, files: Files, step: () => Promise<T>): Promise<T> {
  return withLockOf(joinPath(folder, EVENTS_FILE), LOG_WAIT, files, step);
}

async function withLockOf<T>(path: string, wait: number, files: Files, step: () => Promise<T>): Promise<T> {
  let checks = 0;
  let acquired = false;
  const options = {
    wait,
    retry: RETRY,
    content: (mark: string, pid: number, now: number) =>
      JSON.stringify({ holder: mark, pid, created_at: timeOfMillis(now) }) + "\n",
    isLeftOver(_content: string, age: number) {
      // A live owner keeps a lock for milliseconds only. A lock with a time in the future, left from before the clock
      // was set back, has no owner if it remains for the whole wait.
      if (age < -STALE_AFTER) return ++checks * RETRY >= wait * 0.9;
      return age > STALE_AFTER;
    },
  };
  try {
    return await files.withLock(path, options, () => {
      acquired = true;
      return step();
    });
  } catch (error) {
    if (acquired || !(error instanceof GaitError) || error.code !== "state_contention") throw error;
    // The exit code and category of a lock timeout are fixed by the conformance case job/lock-held.
    throw new GaitError("internal_failure", `Cannot lock job: "${path}.lock" was held for ${wait} ms`, {
      detail: "lock_timeout",
      hint: wait < LOG_WAIT
        ? "Try again; GAIT_JOB_LOCK_TIMEOUT=10s waits longer"
        : "Try again when no other program works on the job; one that is gone no longer holds it after 30 s",
      cause: error,
    });
  }
}
