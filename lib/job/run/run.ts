import type { Files } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { canonicalize } from "../../formats/json/mod.ts";
import { joinPath } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import type { JobState } from "../../schema/job.ts";
import { sha256 } from "../../signing/mod.ts";
import { readEvents } from "../event_log.ts";
import { hostFingerprint } from "../fingerprint.ts";
import { jobFolder } from "../folder.ts";
import { resolvePolicy } from "../policy_binding.ts";
import { historyEdited } from "../links.ts";
import { inspectFolder, readJob } from "../read.ts";
import { checkEnvironment } from "../resume.ts";
import { submitJob } from "../submit.ts";
import { checkStatus, TERMINAL } from "../transitions.ts";
import { checkHistory } from "../verify.ts";
import { type AttemptContext, FENCE_FILE } from "./attempt.ts";
import { runAttempts } from "./attempts.ts";
import type { RunEffects, RunObserver, RunOptions, RunResult } from "./options.ts";
import { recordLines } from "./record_lines.ts";
import { readRunner, withRunnerLock } from "./runner.ts";

const POLL = 100;

/**
 * Run a command as a durable job (docs/spec/job.md 11). A new id is submitted; a job whose runner died continues with
 * the next attempt.
 *
 * @throws {GaitError} `invalid_input` with the detail `already_running`, `illegal_transition` or
 * `environment_mismatch`; `verification_failed` when state or log were edited
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
  const isCompleted = state.status === "completed";
  if (!isCompleted) checkStatus(state, "run", ["running"]);
  // A state that somebody edited to be completed says nothing of the command.
  await demandAsWritten(folder, effects);
  if (isCompleted) {
    await checkCompleted(folder, id, commandDigest, effects.files);
    observer.note("the job was completed before; nothing was run");
    return { state, attempt: 0 };
  }
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
    await takeOver(context);
    // Another runner may have completed the job while this one waited for its lock.
    const { status } = (await readJob(root, id, effects)).state;
    if (status === "completed") {
      await demandAsWritten(folder, effects);
      await checkCompleted(folder, id, commandDigest, effects.files);
    }
    return await runAttempts(context, options, commandDigest, observer);
  });
}

/** @throws {GaitError} `verification_failed` when state or log of the job were edited */
async function demandAsWritten(folder: string, effects: RunEffects): Promise<void> {
  const job = await inspectFolder(folder, effects);
  const [edited] = (await checkHistory(job)).findings;
  if (edited !== undefined) throw historyEdited(job.state.job_id, "run", edited);
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
  const found = async () => (await readJob(root, id, effects)).state;
  const submitted = async () => (await submitJob(root, id, options, effects, version)).state;
  // Another runner may submit the job in between: the lock of the runner decides which of them runs it.
  return await unless("job_not_found", found, () => unless("job_exists", submitted, found));
}

/** A step, and another one where the first is refused for this reason. */
async function unless<T>(reason: string, step: () => Promise<T>, other: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GaitError) || error.detail !== reason) throw error;
    return await other();
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

/** Wait until no process of an attempt is left whose runner died, and record the lines that it left. */
async function takeOver(context: AttemptContext): Promise<void> {
  const { folder, effects: { files }, supervision } = context;
  const runner = await readRunner(folder, files);
  if (runner === undefined) return;
  const fence = joinPath(folder, FENCE_FILE);
  const fenceExists = async () => await files.stat(fence) !== undefined;
  for (let waited = 0; runner.pid > 0 && waited < 10_000 && await fenceExists(); waited += POLL) {
    await supervision.sleep(POLL);
  }
  if (await fenceExists()) {
    if (runner.pid > 0 && supervision.isGroupAlive(runner.pid)) {
      throw invalidInput(
        `Cannot run job "${context.id}": its last attempt was process group ${runner.pid}, which is alive`,
        {
          detail: "already_running",
          hint: `Look whether that is its command: ps -o pid,args -g ${runner.pid}; if so, end it: ` +
            `kill -s KILL -- -${runner.pid}; if the number was used again, remove ${pathArgument(fence)}`,
        },
      );
    }
    await files.remove(fence);
  }
  let offset = await recordedOffset(folder, runner.attempt, files);
  for (let behind = 1; behind > 0;) {
    ({ offset, behind } = await recordLines(context, runner.attempt, offset));
    if (TERMINAL.includes((await readJob(context.root, context.id, context.effects)).state.status)) return;
    if (behind > 0) await supervision.sleep(POLL); // meanwhile the lock of the job is free
  }
}

/** The offset after the last line of an attempt that was recorded as a checkpoint. */
async function recordedOffset(folder: string, attempt: number, files: Files): Promise<number> {
  const ends = (await readEvents(folder, files)).flatMap(({ payload }) =>
    payload?.attempt === attempt && typeof payload.line_end === "number" ? [payload.line_end] : []
  );
  return ends.at(-1) ?? 0;
}
