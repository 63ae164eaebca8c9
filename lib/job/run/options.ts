import type { Supervision } from "../../effects/mod.ts";
import type { JobState } from "../../schema/job.ts";
import type { JobEffects } from "../context.ts";
import type { HostContext } from "../fingerprint.ts";
import type { SubmitOptions } from "../submit.ts";
import type { AttemptResult } from "./attempt.ts";

/** The command, and how often to try it. */
export interface RunOptions extends SubmitOptions {
  readonly command: string;
  readonly args: readonly string[];
  /**
   * Maximum number of starts, also of those whose runner died. By default a command that fails is not repeated, and one
   * whose runner died is.
   */
  readonly attempts?: number | undefined;
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
