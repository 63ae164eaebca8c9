import type { Files, Supervision } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { canonicalize } from "../../formats/json/mod.ts";
import { joinPath } from "../../formats/path.ts";
import type { JobState } from "../../schema/job.ts";
import { sha256 } from "../../signing/mod.ts";
import { addCheckpoint } from "../checkpoints.ts";
import type { JobEffects } from "../context.ts";
import { readEvents } from "../event_log.ts";
import { type HostContext, hostFingerprint } from "../fingerprint.ts";
import { jobFolder } from "../folder.ts";
import { readJob } from "../read.ts";
import { checkEnvironment } from "../resume.ts";
import { resolvePolicy } from "../policy_binding.ts";
import { submitJob, type SubmitOptions } from "../submit.ts";
import { waitUntilRunning } from "../wait.ts";
import { checkStatus, TERMINAL } from "../transitions.ts";
import {
  type AttemptContext,
  type AttemptResult,
  FENCE_FILE,
  recordLines,
  runAttempt,
  RUNNER_ACTOR,
} from "./attempt.ts";
import { shortened } from "./child_lines.ts";
import { readRunner, withRunnerLock } from "./runner.ts";

/** The command, and how often to try it. */
export interface RunOptions extends SubmitOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Maximum number of starts of a command that fails. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one, at most a minute. */
  readonly backoff: number;
  readonly logLimit: number;
  readonly heartbeat: number;
  readonly grace: number;
  readonly allowEnvMismatch: boolean;
}

/** Effects for running a job. */
export type RunEffects = JobEffects & HostContext & { readonly supervision: () => Promise<Supervision> };

/** The result of running a job. */
export interface RunResult {
  readonly state: JobState;
  /** Number of the last attempt; 0 when none was needed. */
  readonly attempt: number;
  /** Absent when no attempt was made. */
  readonly end?: AttemptResult | undefined;
}

/** Callbacks that show the progress of a run to the user. */
export interface RunObserver {
  /** A line that the command printed. */
  readonly show: (line: string) => void;
  /** A message about the job. */
  readonly note: (text: string) => void;
}

const MAX_BACKOFF = 60_000;
const POLL = 100;

/**
 * Run a command as a durable job (docs/spec/job.md 11). A new id is submitted; a job whose runner died continues with
 * the next attempt.
 *
 * @throws {GaitError} `invalid_input` with the detail `already_running`, `illegal_transition` or
 * `environment_mismatch`
 */
export async function runJob(
  root: string,
  id: string,
  options: RunOptions,
  given: RunEffects,
  version: string,
  observer: RunObserver,
): Promise<RunResult> {
  const effects = withLongLockTimeout(given);
  const folder = jobFolder(root, id);
  const state = await findOrSubmit(root, id, options, effects, version);
  const commandDigest = await digestOf(options);
  if (state.status === "completed") {
    await checkCompleted(folder, id, commandDigest, effects.files);
    observer.note("the job was completed before; nothing was run");
    return { state, attempt: 0 };
  }
  checkStatus(state, "run", ["running"]);
  await checkBindings(state, options, effects.files);
  const fingerprint = options.envFingerprint?.trim() || await hostFingerprint(effects, version);
  checkEnvironment(state, { fingerprint, allowMismatch: options.allowEnvMismatch });
  const supervision = await effects.supervision();
  return await withRunnerLock(folder, effects.files, 2_000, async () => {
    const context: AttemptContext = {
      ...options,
      root,
      id,
      folder,
      effects,
      supervision,
      show: observer.show,
    };
    const attempt = await takeOver(context);
    return await attempts(context, options, attempt, observer);
  });
}

/** Identifies a command with its arguments, so that a job which ran another one is not taken for done. */
async function digestOf({ command, args }: RunOptions): Promise<string> {
  return await sha256(utf8(canonicalize([command, ...args])));
}

/**
 * Refuse a command that a completed job never ran: exit 0 would say that it was.
 *
 * @throws {GaitError} `invalid_input` with the detail `other_command`
 */
async function checkCompleted(folder: string, id: string, digest: string, files: Files): Promise<void> {
  const ran = (await readEvents(folder, files)).map(({ payload }) => payload?.command_sha256)
    .findLast((found) => typeof found === "string");
  if (ran === digest) return;
  throw invalidInput(`Cannot run job "${id}": it is completed, and its last command was another one`, {
    detail: "other_command",
    hint: "Give the new command an id of its own",
  });
}

/**
 * A runner must not fail because other processes keep the job locked: it waits longer for the lock than a command
 * does.
 */
function withLongLockTimeout(effects: RunEffects): RunEffects {
  const get = (name: string) =>
    effects.env.get(name) ?? (name === "GAIT_JOB_LOCK_TIMEOUT" ? "60s" : undefined);
  return { ...effects, env: { get } };
}

async function findOrSubmit(
  root: string,
  id: string,
  options: RunOptions,
  effects: RunEffects,
  version: string,
): Promise<JobState> {
  try {
    return (await readJob(root, id, effects)).state;
  } catch (error) {
    if (!(error instanceof GaitError) || error.detail !== "job_not_found") throw error;
    return (await submitJob(root, id, options, effects, version)).state;
  }
}

/**
 * Refuse a policy or identity that the job is not bound to. Only a resume may change the policy, and it records the
 * change.
 *
 * @throws {GaitError} `invalid_input` with the detail `policy_mismatch` or `identity_mismatch`
 */
async function checkBindings(job: JobState, options: RunOptions, files: Files): Promise<void> {
  const refuse = (detail: string, reason: string, hint: string) =>
    invalidInput(`Cannot run job "${job.job_id}": ${reason}`, { detail, hint });
  const { digest, ref } = await resolvePolicy(options, files);
  const differs = (given: string, bound: string) => given !== "" && given !== bound.trim();
  // The same policy may be read from a different path, so with a digest the path is not compared.
  if (differs(digest, job.policy_digest) || digest === "" && differs(ref, job.policy_ref)) {
    throw refuse(
      "policy_mismatch",
      "it is not bound to this policy",
      "Pause it, then resume it under the new policy: gait job resume --policy <file>",
    );
  }
  if (differs(options.identity?.trim() ?? "", job.identity)) {
    throw refuse("identity_mismatch", "it is not bound to this identity", "Leave out --identity");
  }
}

/**
 * Wait until no process of an attempt is left whose runner died, and record the lines that it left.
 *
 * @returns the number of that attempt; 0 when there is none
 */
async function takeOver(context: AttemptContext): Promise<number> {
  const { folder, effects: { files }, supervision } = context;
  const runner = await readRunner(folder, files);
  if (runner === undefined) return 0;
  const fence = joinPath(folder, FENCE_FILE);
  const fenceExists = async () => await files.stat(fence) !== undefined;
  for (let waited = 0; runner.pid > 0 && waited < 10_000 && await fenceExists(); waited += POLL) {
    await supervision.sleep(POLL);
  }
  if (await fenceExists()) {
    if (runner.pid > 0 && supervision.isGroupAlive(runner.pid)) {
      throw invalidInput(
        `Cannot run job "${context.id}": process group ${runner.pid} of its last attempt is still alive`,
        {
          detail: "already_running",
          hint: `End it: kill -s KILL -- -${runner.pid}`,
        },
      );
    }
    await files.remove(fence);
  }
  await recordLines(context, runner.attempt, await recordedOffset(folder, runner.attempt, files));
  return runner.attempt;
}

/** The offset after the last line of an attempt that was recorded as a checkpoint. */
async function recordedOffset(folder: string, attempt: number, files: Files): Promise<number> {
  const ends = (await readEvents(folder, files)).flatMap(({ payload }) =>
    payload?.attempt === attempt && typeof payload.line_end === "number" ? [payload.line_end] : []
  );
  return ends.at(-1) ?? 0;
}

async function attempts(
  context: AttemptContext,
  options: RunOptions,
  last: number,
  { note }: RunObserver,
): Promise<RunResult> {
  const { root, id, effects, supervision } = context;
  const { attempts: maxAttempts, backoff } = options;
  const checkpoint = (type: "progress" | "blocked" | "completed", summary: string, details = {}) =>
    addCheckpoint(root, id, { type, summary: shortened(summary), actor: RUNNER_ACTOR, details }, effects);
  let attempt = last;
  let failures = 0;
  for (;;) {
    const before = await waitUntilRunning(root, id, effects, supervision.sleep, (status) => {
      note(`the job is ${status}; it continues when it is resumed`);
    });
    if (TERMINAL.includes(before.status)) return { state: before, attempt };
    attempt++;
    await checkpoint("progress", `attempt ${attempt} started: ${context.command}`, {
      attempt,
      command_sha256: await digestOf(options),
    });
    note(`attempt ${attempt} started`);
    const end = await runAttempt(context, attempt, await environment(context, before));
    const { state } = await readJob(root, id, effects);
    if (TERMINAL.includes(state.status)) return { state, attempt, end };
    if (state.status !== "running") continue; // it requested a decision and exited: the next attempt starts after the resume
    const outcome = end.signal === undefined ? `exited with ${end.code}` : `was ended by ${end.signal}`;
    const details = {
      attempt,
      exit_status: end.code,
      ...(end.signal && { signal: end.signal }),
      stdout_sha256: end.stdout,
      stderr_sha256: end.stderr,
    };
    if (end.code !== 0) failures++;
    if (end.code === 0 || failures >= maxAttempts) {
      const last = checkpoint(
        end.code === 0 ? "completed" : "blocked",
        `attempt ${attempt} ${outcome}`,
        details,
      );
      return {
        state: await last.then(({ state }) => state, (error) => stateIfEnded(context, error)),
        attempt,
        end,
      };
    }
    const pause = Math.min(MAX_BACKOFF, backoff * 2 ** (failures - 1));
    await checkpoint(
      "progress",
      `attempt ${attempt} ${outcome}; the next one starts in ${pause} ms`,
      details,
    );
    note(`attempt ${attempt} ${outcome}`);
    await supervision.sleep(pause);
  }
}

/** The state of a job that was stopped or cancelled before its last checkpoint could be added. */
async function stateIfEnded({ root, id, effects }: AttemptContext, error: unknown): Promise<JobState> {
  if (!(error instanceof GaitError) || error.detail !== "illegal_transition") throw error;
  return (await readJob(root, id, effects)).state;
}

/** Summaries of the runner's own checkpoints, which are not progress of the command. */
const RUNNER_SUMMARY = /^attempt [0-9]+ (?:started|exited|was ended)/;

/**
 * The environment variables of the command. GAIT_JOB_KEY is unique to the job and the same in every attempt: with a
 * step number appended it serves as an idempotency key, by which the receiver of a side effect recognises a
 * repetition.
 */
async function environment(
  { root, id, effects }: AttemptContext,
  { checkpoints, created_at, job_id }: JobState,
): Promise<Record<string, string>> {
  const last = checkpoints.findLast(({ type, summary }) =>
    type === "progress" && !RUNNER_SUMMARY.test(summary)
  );
  return {
    GAIT_JOB_ID: id.trim(),
    GAIT_JOB_ROOT: await effects.files.realPath(root),
    GAIT_JOB_KEY: (await sha256(`${job_id}\n${created_at}`)).slice(0, 32),
    GAIT_JOB_LAST: last?.summary ?? "",
  };
}
