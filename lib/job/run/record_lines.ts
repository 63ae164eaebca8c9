import { GaitError } from "../../errors/mod.ts";
import { joinPath } from "../../formats/path.ts";
import { addCheckpoint, type CheckpointType } from "../checkpoints.ts";
import type { JobEffects } from "../context.ts";
import { childLines } from "./child_lines.ts";

/** The actor of events that the runner records. */
export const RUNNER_ACTOR = "gait-job-run";

/** The file behind file descriptor 3 of an attempt. */
export function linesFile(folder: string, attempt: number): string {
  return joinPath(folder, `run-${attempt}.lines`);
}

/** The job whose command wrote lines. */
export interface LinesContext {
  readonly root: string;
  readonly id: string;
  readonly folder: string;
  readonly effects: JobEffects;
}

/** How many of the lines are recorded. */
export interface RecordedLines {
  /** The offset after the last recorded line. */
  readonly offset: number;
  /** Bytes behind it that are still to be read; 0 when there is no further line so far. */
  readonly behind: number;
}

/** Checkpoints behind which a job goes on. */
const KEEPS_RUNNING: readonly string[] = ["plan", "progress"] satisfies CheckpointType[];

/** Maximum number of lines that are recorded before the runner looks at the job again. */
const AT_ONCE = 20;

/**
 * Record the next lines of an attempt as checkpoints: a few only, and none behind one after which the job may
 * wait. Otherwise a command that writes faster than its lines are recorded would never be stopped or suspended.
 *
 * @param isWhole whether the command has exited by itself, so that its last line needs no newline
 */
export async function recordLines(
  { root, id, folder, effects }: LinesContext,
  attempt: number,
  offset: number,
  isWhole = false,
): Promise<RecordedLines> {
  const path = linesFile(folder, attempt);
  let [end, recorded] = [offset, 0];
  for await (const { checkpoint, next } of childLines(path, offset, effects.files, isWhole)) {
    if (checkpoint !== undefined) {
      // The event records the offset of its line, so that no line is recorded twice after a crash.
      const details = { attempt, line_end: next };
      try {
        await addCheckpoint(root, id, { ...checkpoint, actor: RUNNER_ACTOR, details }, effects);
      } catch (error) {
        // A job that was stopped in the meantime accepts no more decisions.
        if (!(error instanceof GaitError) || error.detail !== "illegal_transition") throw error;
      }
    }
    end = next;
    const mayWait = checkpoint !== undefined && !KEEPS_RUNNING.includes(checkpoint.type!);
    if (!mayWait && ++recorded < AT_ONCE) continue;
    return { offset: end, behind: Math.max(1, ((await effects.files.stat(path))?.size ?? 0) - end) };
  }
  return { offset: end, behind: 0 };
}
