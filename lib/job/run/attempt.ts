import type { SupervisedChild, Supervision } from "../../effects/mod.ts";
import { GaitError } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { joinPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { JobState } from "../../schema/job.ts";
import { runningDigest } from "../../signing/running_digest.ts";
import { addCheckpoint } from "../checkpoints.ts";
import type { JobEffects } from "../context.ts";
import { STATE_FILE } from "../folder.ts";
import { readJob } from "../read.ts";
import { TERMINAL } from "../transitions.ts";
import { childLines } from "./child_lines.ts";
import { RunLog } from "./log.ts";
import { type Runner, writeRunner } from "./runner.ts";
import { LineSplitter } from "./line_splitter.ts";

/** The actor of events that the runner records. */
export const RUNNER_ACTOR = "gait-job-run";

/** The job, the command and the limits of an attempt. */
export interface AttemptContext {
  readonly root: string;
  readonly id: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Maximum size of the log in bytes. */
  readonly logLimit: number;
  /** Milliseconds between heartbeats, and milliseconds that a cancelled command has to exit. */
  readonly heartbeat: number;
  readonly grace: number;
  readonly effects: JobEffects;
  readonly supervision: Supervision;
  /** Show a line of the command's output. */
  readonly show: (line: string) => void;
}

/** The result of an attempt: exit status, and digests of the output. */
export interface AttemptResult {
  readonly code: number;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds between two polls of the job's state and of the command's lines. */
const POLL = 50;

/** The file behind file descriptor 3 of an attempt. */
export function linesFile(folder: string, attempt: number): string {
  return joinPath(folder, `run-${attempt}.lines`);
}

/**
 * Run the command of a job once. While the job is paused, blocked or waiting for a decision, the command and all its
 * descendants are suspended (SIGSTOP); when the job is stopped or cancelled, they are terminated.
 */
export async function runAttempt(
  context: AttemptContext,
  attempt: number,
  env: Readonly<Record<string, string>>,
): Promise<AttemptResult> {
  const { folder, effects, supervision } = context;
  const digests = { stdout: runningDigest(), stderr: runningDigest() };
  const log = new RunLog(folder, context.logLimit, effects.files);
  const lines = { stdout: new LineSplitter(context.show), stderr: new LineSplitter(context.show) };
  const now = () => timeOfMillis(effects.now());
  let runner: Runner = { attempt, pid: 0, started_at: now(), heartbeat_at: now(), ended_at: "" };
  await writeRunner(folder, runner, effects.files);
  await log.append(utf8(`[attempt ${attempt}, ${runner.started_at}]\n`));
  await effects.files.writeAtomic(linesFile(folder, attempt), new Uint8Array(), { anywhere: true });
  const child = await supervision.start({
    command: context.command,
    args: context.args,
    env: { ...env, GAIT_JOB_FD: "3", GAIT_JOB_ATTEMPT: String(attempt) },
    lines: linesFile(folder, attempt),
    fence: joinPath(folder, FENCE_FILE),
    async onOutput(stream, chunk) {
      digests[stream].add(chunk);
      lines[stream].add(chunk);
      await log.append(chunk);
    },
  });
  runner = { ...runner, pid: child.pid };
  await writeRunner(folder, runner, effects.files);
  // If the job was stopped or paused in the meantime, the command must not start.
  const watch = watchJob(context, child);
  await watch();
  await child.release();
  let end: Awaited<typeof child.ended> | undefined;
  child.ended.then((ended) => end = ended);
  let offset = 0;
  let lastHeartbeat = effects.now();
  while (end === undefined) {
    await Promise.race([child.ended, supervision.sleep(POLL)]);
    offset = await recordLines(context, attempt, offset);
    await watch();
    if (effects.now() - lastHeartbeat < context.heartbeat) continue;
    lastHeartbeat = effects.now();
    runner = { ...runner, heartbeat_at: now() };
    await writeRunner(folder, runner, effects.files, { sync: false });
  }
  await recordLines(context, attempt, offset);
  for (const rest of Object.values(lines)) rest.end();
  await writeRunner(folder, { ...runner, heartbeat_at: now(), ended_at: now() }, effects.files);
  return { ...end, stdout: digests.stdout.end(), stderr: digests.stderr.end() };
}

/** A file that exists while a process of an attempt may be alive. */
export const FENCE_FILE = "run.fence";

/**
 * Record the new lines of an attempt as checkpoints.
 *
 * @returns the offset after the last line
 */
export async function recordLines(
  { root, id, folder, effects }: Pick<AttemptContext, "root" | "id" | "folder" | "effects">,
  attempt: number,
  offset: number,
): Promise<number> {
  let end = offset;
  for await (const { checkpoint, next } of childLines(linesFile(folder, attempt), offset, effects.files)) {
    // The event records the offset of its line, so that no line is recorded twice after a crash.
    const details = { attempt, line_end: next };
    try {
      await addCheckpoint(root, id, { ...checkpoint, actor: RUNNER_ACTOR, details }, effects);
    } catch (error) {
      // A job that was stopped in the meantime accepts no more decisions.
      if (!(error instanceof GaitError) || error.detail !== "illegal_transition") throw error;
    }
    end = next;
  }
  return end;
}

/** Suspend, continue or terminate the command whenever the status of the job changes. */
function watchJob(context: AttemptContext, child: SupervisedChild): () => Promise<void> {
  const { root, id, folder, effects, supervision } = context;
  let seen: string | undefined;
  let suspended = false;
  let terminating = false;
  return async () => {
    const version = (await effects.files.stat(joinPath(folder, STATE_FILE)))?.version;
    if (version === seen) return;
    const { state } = await readJob(root, id, effects);
    seen = version;
    if (mustEnd(state)) {
      if (state.status === "emergency_stopped") child.signal("SIGKILL");
      if (terminating || state.status === "emergency_stopped") return;
      terminating = true;
      child.signal("SIGTERM");
      child.signal("SIGCONT");
      supervision.sleep(context.grace).then(() => child.signal("SIGKILL"));
    } else if (suspended !== mustSuspend(state)) {
      suspended = !suspended;
      child.signal(suspended ? "SIGSTOP" : "SIGCONT");
    }
  };
}

/** Whether the command must be terminated. A command that completed its own job may finish. */
function mustEnd({ status }: JobState): boolean {
  return status !== "completed" && TERMINAL.includes(status);
}

/**
 * Whether the command must be suspended. A terminal job doesn't count, because nothing would ever continue its
 * command.
 */
function mustSuspend({ status }: JobState): boolean {
  return status !== "running" && !TERMINAL.includes(status);
}
