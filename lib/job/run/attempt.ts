import type { SupervisedChild, Supervision } from "../../effects/mod.ts";
import { GaitError } from "../../errors/mod.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
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

/** Who the runner is in events. */
export const RUNNER_ACTOR = "gait-job-run";

/** What an attempt needs to know. */
export interface AttemptContext {
  readonly root: string;
  readonly id: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Bytes that the log may have. */
  readonly logLimit: number;
  /** Milliseconds between two heartbeats, and that a cancelled command has to end. */
  readonly heartbeat: number;
  readonly grace: number;
  readonly effects: JobEffects;
  readonly supervision: Supervision;
  /** Show a line of the command's output. */
  readonly show: (line: string) => void;
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly code: number;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds between two looks at the job and at the lines of the command. */
const POLL = 50;

/** The file in which an attempt finds its file descriptor 3. */
export function linesFile(folder: string, attempt: number): string {
  return joinPath(folder, `run-${attempt}.lines`);
}

/**
 * Run the command of a job once. While the job does not run, because it is paused, blocked or waits for a decision, the
 * command and all its descendants stand still; when the job is stopped or cancelled, they end.
 */
export async function runAttempt(
  context: AttemptContext,
  attempt: number,
  env: Readonly<Record<string, string>>,
): Promise<AttemptEnd> {
  const { folder, effects, supervision } = context;
  const digests = { stdout: runningDigest(), stderr: runningDigest() };
  const log = new RunLog(folder, context.logLimit, effects.files);
  const lines = { stdout: new Lines(context.show), stderr: new Lines(context.show) };
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
  // A job that was stopped or paused meanwhile must not even begin.
  const watch = watchJob(context, child);
  await watch();
  await child.release();
  let end: Awaited<typeof child.ended> | undefined;
  child.ended.then((ended) => end = ended);
  let offset = 0;
  let beat = effects.now();
  while (end === undefined) {
    await Promise.race([child.ended, supervision.sleep(POLL)]);
    offset = await takeLines(context, attempt, offset);
    await watch();
    if (effects.now() - beat < context.heartbeat) continue;
    beat = effects.now();
    runner = { ...runner, heartbeat_at: now() };
    await writeRunner(folder, runner, effects.files, { sync: false });
  }
  await takeLines(context, attempt, offset);
  for (const rest of Object.values(lines)) rest.end();
  await writeRunner(folder, { ...runner, heartbeat_at: now(), ended_at: now() }, effects.files);
  return { ...end, stdout: digests.stdout.end(), stderr: digests.stderr.end() };
}

/** Exists while a process of an attempt may be alive. */
export const FENCE_FILE = "run.fence";

/**
 * Turn new lines of an attempt into checkpoints.
 *
 * @returns the offset behind the last one
 */
export async function takeLines(
  { root, id, folder, effects }: Pick<AttemptContext, "root" | "id" | "folder" | "effects">,
  attempt: number,
  offset: number,
): Promise<number> {
  let at = offset;
  for await (const { checkpoint, next } of childLines(linesFile(folder, attempt), offset, effects.files)) {
    // The event says which line it came from, so that no line counts twice after a crash.
    const details = { attempt, line_end: next };
    try {
      await addCheckpoint(root, id, { ...checkpoint, actor: RUNNER_ACTOR, details }, effects);
    } catch (error) {
      // A job that was stopped meanwhile takes no decisions any more.
      if (!(error instanceof GaitError) || error.detail !== "illegal_transition") throw error;
    }
    at = next;
  }
  return at;
}

/** Make the command do what the job's status says, whenever that changes. */
function watchJob(context: AttemptContext, child: SupervisedChild): () => Promise<void> {
  const { root, id, folder, effects, supervision } = context;
  let seen: string | undefined;
  let frozen = false;
  let ending = false;
  return async () => {
    const version = (await effects.files.stat(joinPath(folder, STATE_FILE)))?.version;
    if (version === seen) return;
    const { state } = await readJob(root, id, effects);
    seen = version;
    if (isOver(state)) {
      if (state.status === "emergency_stopped") child.signal("SIGKILL");
      if (ending || state.status === "emergency_stopped") return;
      ending = true;
      child.signal("SIGTERM");
      child.signal("SIGCONT");
      supervision.sleep(context.grace).then(() => child.signal("SIGKILL"));
    } else if (frozen !== isHeld(state)) {
      frozen = !frozen;
      child.signal(frozen ? "SIGSTOP" : "SIGCONT");
    }
  };
}

/** Whether a command must end: a job that it completed itself lets it finish. */
function isOver({ status }: JobState): boolean {
  return status !== "completed" && TERMINAL.includes(status);
}

/** Whether a command must stand still until somebody answers; nothing wakes one of a job that is over. */
function isHeld({ status }: JobState): boolean {
  return status !== "running" && !TERMINAL.includes(status);
}

/** Cuts output into lines, for whoever watches. */
class Lines {
  readonly #show: (line: string) => void;
  #open = "";

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  add(chunk: Uint8Array): void {
    const parts = (this.#open + decodeUtf8(chunk)).split("\n");
    this.#open = parts.pop()!.slice(-LONGEST);
    for (const part of parts) this.#show(part);
  }

  end(): void {
    if (this.#open !== "") this.#show(this.#open);
    this.#open = "";
  }
}

/** Longest line that is shown, in characters. */
const LONGEST = 8192;
