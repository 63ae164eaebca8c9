import type { Files, Supervision } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
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
  type AttemptEnd,
  FENCE_FILE,
  runAttempt,
  RUNNER_ACTOR,
  takeLines,
} from "./attempt.ts";
import { shortened } from "./child_lines.ts";
import { asRunner, readRunner } from "./runner.ts";

/** What to run, and how often. */
export interface RunOptions extends SubmitOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** How often a command that fails is started, in all; once by default. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as long before each further one, at most a minute. */
  readonly backoff: number;
  readonly logLimit: number;
  readonly heartbeat: number;
  readonly grace: number;
  readonly allowEnvMismatch: boolean;
}

/** The effects of running a job. */
export type RunEffects = JobEffects & HostContext & { readonly supervision: () => Promise<Supervision> };

/** What a run came to. */
export interface RunResult {
  readonly state: JobState;
  /** The last attempt; 0 when none was needed. */
  readonly attempt: number;
  /** Absent when the job was over already. */
  readonly end?: AttemptEnd | undefined;
}

/** What whoever watches is told. */
export interface RunObserver {
  /** A line that the command printed. */
  readonly show: (line: string) => void;
  /** What happens to the job. */
  readonly note: (text: string) => void;
}

const LONGEST_BACKOFF = 60_000;
const POLL = 100;

/**
 * Run a command as a durable job (docs/spec/job.md 11): a new id is submitted; a job whose runner died goes on with the
 * next attempt.
 *
 * @throws {GaitError} `invalid_input` with the detail `already_running`, `illegal_transition` or `environment_mismatch`
 */
export async function runJob(
  root: string,
  id: string,
  options: RunOptions,
  given: RunEffects,
  version: string,
  observer: RunObserver,
): Promise<RunResult> {
  const effects = patient(given);
  const folder = jobFolder(root, id);
  const state = await findOrSubmit(root, id, options, effects, version);
  if (state.status === "completed") return { state, attempt: 0 };
  checkStatus(state, "run", ["running"]);
  await checkBindings(state, options, effects.files);
  const fingerprint = options.envFingerprint?.trim() || await hostFingerprint(effects, version);
  checkEnvironment(state, { fingerprint, allowMismatch: options.allowEnvMismatch });
  const supervision = await effects.supervision();
  return await asRunner(folder, effects.files, 2_000, async () => {
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

/** A runner must not end because others keep the job busy: it waits longer for its lock than a command does. */
function patient(effects: RunEffects): RunEffects {
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
 * Refuse another policy or identity than the job is bound to. Only a resume may change the policy, and records that.
 *
 * @throws {GaitError} `invalid_input` with the detail `policy_mismatch` or `identity_mismatch`
 */
async function checkBindings(job: JobState, options: RunOptions, files: Files): Promise<void> {
  const refuse = (detail: string, reason: string, hint: string) =>
    invalidInput(`Cannot run job "${job.job_id}": ${reason}`, { detail, hint });
  const { digest, ref } = await resolvePolicy(options, files);
  const differs = (given: string, bound: string) => given !== "" && given !== bound.trim();
  // The path that a policy was read from may be another for the same policy.
  if (differs(digest, job.policy_digest) || digest === "" && differs(ref, job.policy_ref)) {
    throw refuse(
      "policy_mismatch",
      "it is bound to another policy, or to none",
      "Pause it, then resume it under the new policy: gait job resume --policy <file>",
    );
  }
  if (differs(options.identity?.trim() ?? "", job.identity)) {
    throw refuse("identity_mismatch", "it is bound to another identity, or to none", "Leave out --identity");
  }
}

/**
 * Wait until nothing is left of an attempt whose runner died, and take the lines that it left.
 *
 * @returns the number of that attempt; 0 when there was none
 */
async function takeOver(context: AttemptContext): Promise<number> {
  const { folder, effects: { files }, supervision } = context;
  const runner = await readRunner(folder, files);
  if (runner === undefined) return 0;
  const fence = joinPath(folder, FENCE_FILE);
  const stands = async () => await files.stat(fence) !== undefined;
  for (let waited = 0; runner.pid > 0 && waited < 10_000 && await stands(); waited += POLL) {
    await supervision.sleep(POLL);
  }
  if (await stands()) {
    if (runner.pid > 0 && supervision.isGroupAlive(runner.pid)) {
      throw invalidInput(
        `Cannot run job "${context.id}": process group ${runner.pid} of its last attempt is alive`,
        {
          detail: "already_running",
          hint: `End it: kill -s KILL -- -${runner.pid}`,
        },
      );
    }
    await files.remove(fence);
  }
  await takeLines(context, runner.attempt, await takenSoFar(folder, runner.attempt, files));
  return runner.attempt;
}

/** The end of the last line of an attempt that became a checkpoint. */
async function takenSoFar(folder: string, attempt: number, files: Files): Promise<number> {
  const ends = (await readEvents(folder, files)).flatMap(({ payload }) =>
    payload?.attempt === attempt && typeof payload.line_end === "number" ? [payload.line_end] : []
  );
  return ends.at(-1) ?? 0;
}

async function attempts(
  context: AttemptContext,
  { attempts: most, backoff }: RunOptions,
  last: number,
  { note }: RunObserver,
): Promise<RunResult> {
  const { root, id, effects, supervision } = context;
  const checkpoint = (type: "progress" | "blocked" | "completed", summary: string, details = {}) =>
    addCheckpoint(root, id, { type, summary: shortened(summary), actor: RUNNER_ACTOR, details }, effects);
  let attempt = last;
  let failures = 0;
  for (;;) {
    const before = await waitUntilRunning(root, id, effects, supervision.sleep, (status) => {
      note(`the job is ${status}; it goes on when it is resumed`);
    });
    if (TERMINAL.includes(before.status)) return { state: before, attempt };
    attempt++;
    await checkpoint("progress", `attempt ${attempt} started: ${context.command}`, { attempt });
    note(`attempt ${attempt} started`);
    const end = await runAttempt(context, attempt, await environment(context, before));
    const { state } = await readJob(root, id, effects);
    if (TERMINAL.includes(state.status)) return { state, attempt, end };
    if (state.status !== "running") continue; // it asked, and ended: the next attempt comes after the answer
    const how = end.signal === undefined ? `exited with ${end.code}` : `was ended by ${end.signal}`;
    const details = {
      attempt,
      exit_status: end.code,
      ...(end.signal && { signal: end.signal }),
      stdout_sha256: end.stdout,
      stderr_sha256: end.stderr,
    };
    if (end.code !== 0) failures++;
    if (end.code === 0 || failures >= most) {
      const last = checkpoint(end.code === 0 ? "completed" : "blocked", `attempt ${attempt} ${how}`, details);
      return {
        state: await last.then(({ state }) => state, (error) => stateIfOver(context, error)),
        attempt,
        end,
      };
    }
    const pause = Math.min(LONGEST_BACKOFF, backoff * 2 ** (failures - 1));
    await checkpoint("progress", `attempt ${attempt} ${how}; the next one comes in ${pause} ms`, details);
    note(`attempt ${attempt} ${how}`);
    await supervision.sleep(pause);
  }
}

/** The state of a job that somebody ended before its last checkpoint could be added. */
async function stateIfOver({ root, id, effects }: AttemptContext, error: unknown): Promise<JobState> {
  if (!(error instanceof GaitError) || error.detail !== "illegal_transition") throw error;
  return (await readJob(root, id, effects)).state;
}

/** The runner's own notes, which are no steps of the command. */
const OWN_NOTE = /^attempt [0-9]+ (?:started|exited|was ended)/;

/**
 * What the command finds in its environment. The key is the same for every attempt of this job and no other job has it:
 * with the number of a step behind it, whoever receives an effect knows one that comes again.
 */
async function environment(
  { root, id, effects }: AttemptContext,
  { checkpoints, created_at, job_id }: JobState,
): Promise<Record<string, string>> {
  const last = checkpoints.findLast(({ type, summary }) => type === "progress" && !OWN_NOTE.test(summary));
  return {
    GAIT_JOB_ID: id.trim(),
    GAIT_JOB_ROOT: await effects.files.realPath(root),
    GAIT_JOB_KEY: (await sha256(`${job_id}\n${created_at}`)).slice(0, 32),
    GAIT_JOB_LAST: last?.summary ?? "",
  };
}
