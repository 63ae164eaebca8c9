/** How a child process ended. */
export interface ChildResult {
  /** Exit status; -1 when a signal ended it. */
  readonly code: number;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** Standard output followed by standard error, truncated at the limit. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** Standard output only, truncated at the limit. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** Total bytes printed, including those that were not kept. */
  readonly size: number;
}

/** A child process to run. */
export interface ChildRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Timeout in milliseconds, after which the child and its descendants are killed. */
  readonly timeout: number;
  /** How many bytes of output to keep. */
  readonly outputLimit: number;
  /** Standard input; empty by default. */
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** Its complete environment; that of this process by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables in addition to its environment. */
  readonly addEnv?: Readonly<Record<string, string>>;
  /**
   * How long descendants may keep its output open after it ended, in milliseconds, before it counts as timed out;
   * until the timeout by default.
   */
  readonly linger?: number;
}

/** A child process whose whole group ends with it. */
export interface BoundedRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Its working folder. */
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds until its group is asked to end. */
  readonly timeout: number;
  /** Milliseconds that the group gets to end by itself before it is killed. */
  readonly grace: number;
  /** Milliseconds that descendants may go on printing when the child itself has ended. */
  readonly linger: number;
  /** Takes what is printed, as it comes. */
  readonly onOutput: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
}

/** How such a child ended. */
export type BoundedResult = Pick<ChildResult, "code" | "signal" | "timedOut">;

/** A child process to supervise. */
export interface SuperviseRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables beyond those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** A file that the child finds opened for appending as file descriptor 3. */
  readonly lines: string;
  /** A file that exists from before the child starts until no process of its group is left. */
  readonly fence: string;
  readonly onOutput: (stream: "stdout" | "stderr", chunk: Uint8Array) => Promise<void>;
}

/** A supervised child process; it does nothing before it is released. */
export interface SupervisedChild {
  /** Also the id of its process group. */
  readonly pid: number;
  readonly release: () => Promise<void>;
  /** Send a signal to the whole group. */
  readonly signal: (name: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT") => void;
  /** How it ended, after all its output was taken; the status is -1 when a signal ended it. */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | undefined }>;
}

/** Processes that are supervised: they end when this one does. */
export interface Supervision {
  readonly start: (request: SuperviseRequest) => Promise<SupervisedChild>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Whether any process of a group is left. */
  readonly isGroupAlive: (pid: number) => boolean;
}

/** A child process that is talked to over its standard input and output. */
export interface PipedRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Its complete environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Such a child. It leads its own process group, of which nothing is left when it ended or this process did. */
export interface PipedChild {
  /** Also the id of its process group. */
  readonly pid: number;
  /** What it prints; ends when it ended. Its standard error is that of this process. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Write all bytes to its standard input, waiting while it is slow. Throws `io_failure` when it reads no more. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * End it: its standard input is closed; `patience` milliseconds later its group is asked to end, and again that later
   * it is killed.
   */
  stop(patience: number): Promise<void>;
  /** How it ended, after its output was read; the status is -1 when a signal ended it. */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | undefined }>;
}

/** A program to start and leave alone. */
export interface LaunchRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables in place of those of this process; an empty one hides a value from it. */
  readonly env: Readonly<Record<string, string>>;
}
