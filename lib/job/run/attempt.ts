import type { SupervisedChild, Supervision } from "../../effects/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { joinPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { JobState } from "../../schema/job.ts";
import { runningDigest } from "../../signing/running_digest.ts";
import type { JobEffects } from "../context.ts";
import { STATE_FILE } from "../folder.ts";
import { readJob } from "../read.ts";
import { TERMINAL } from "../transitions.ts";
import { RunLog } from "./log.ts";
import { linesFile, recordLines } from "./record_lines.ts";
import { type Runner, writeRunner } from "./runner.ts";
import { LineSplitter } from "./line_splitter.ts";

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

/** Bytes of lines that are not yet recorded beyond which the command is suspended, so that they don't fill the disk. */
const MAX_BEHIND = 1 << 20;

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
  try {
    runner = { ...runner, pid: child.pid };
    await writeRunner(folder, runner, effects.files);
    const end = await follow(context, child, runner);
    for (const rest of Object.values(lines)) rest.end();
    await writeRunner(folder, { ...runner, heartbeat_at: now(), ended_at: now() }, effects.files);
    return { ...end, stdout: digests.stdout.end(), stderr: digests.stderr.end() };
  } catch (error) {
    // Nobody would look after the command any more.
    child.signal("SIGKILL");
    await child.ended.catch(() => {}); // the first error is the one to report
    throw error;
  }
}

/** Release the command, then record its lines and apply what is decided about its job until it has ended. */
async function follow(
  context: AttemptContext,
  child: SupervisedChild,
  runner: Runner,
): Promise<ChildEnd> {
  const { folder, effects, supervision, heartbeat } = context;
  let end: ChildEnd | undefined;
  const ended = child.ended.then((found) => {
    end = found;
  });
  ended.catch(() => {}); // it rejects in the race below, or after another error
  const watch = watchJob(context, child);
  // If the job was stopped or paused in the meantime, the command must not start.
  await watch();
  await child.release();
  let offset = 0;
  let lastHeartbeat = effects.now();
  for (;;) {
    const found: ChildEnd | undefined = end;
    // A line that a signal cut off says nothing; one that the command left without its newline does.
    const isWhole = found !== undefined && found.signal === undefined;
    const recorded = await recordLines(context, runner.attempt, offset, isWhole);
    offset = recorded.offset;
    const isOver = await watch(recorded.behind > MAX_BEHIND);
    if (found !== undefined && (isOver || recorded.behind === 0)) return found;
    if (effects.now() - lastHeartbeat >= heartbeat) {
      lastHeartbeat = effects.now();
      const heartbeat_at = timeOfMillis(lastHeartbeat);
      await writeRunner(folder, { ...runner, heartbeat_at }, effects.files, { sync: false });
    }
    // Meanwhile the lock of the job is free: a stop gets it even if the command floods its lines.
    const pause = supervision.sleep(POLL);
    await (found === undefined ? Promise.race([ended, pause]) : pause);
  }
}

type ChildEnd = Awaited<SupervisedChild["ended"]>;

/** A file that exists while a process of an attempt may be alive. */
export const FENCE_FILE = "run.fence";

/**
 * Suspend, continue or terminate the command, as the status of the job demands.
 *
 * @returns a function that says whether the job is over; it is given whether the command writes too many lines
 */
function watchJob(context: AttemptContext, child: SupervisedChild): (floods?: boolean) => Promise<boolean> {
  const { root, id, folder, effects, supervision } = context;
  let seen: string | undefined;
  let state: JobState | undefined;
  let suspended = false;
  let terminating = false;
  return async (floods = false) => {
    const version = (await effects.files.stat(joinPath(folder, STATE_FILE)))?.version;
    if (state === undefined || version !== seen) {
      ({ state } = await readJob(root, id, effects));
      seen = version;
      if (state.status === "emergency_stopped") child.signal("SIGKILL");
      else if (mustEnd(state) && !terminating) {
        child.signal("SIGTERM");
        child.signal("SIGCONT");
        supervision.sleep(context.grace).then(() => child.signal("SIGKILL"));
      }
      terminating ||= mustEnd(state);
    }
    if (!terminating && suspended !== (floods || mustSuspend(state))) {
      suspended = !suspended;
      child.signal(suspended ? "SIGSTOP" : "SIGCONT");
    }
    return terminating;
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
