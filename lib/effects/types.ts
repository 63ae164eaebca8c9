import type { Stdio } from "./stdio.ts";

/** What stands at a path; links are not followed. */
export interface FileInfo {
  readonly kind: "file" | "folder" | "symlink" | "other";
  /** Bytes. */
  readonly size: number;
  /** Unix permission bits, 0 where the system has none. */
  readonly mode: number;
  /** When it was changed, in milliseconds since 1970. */
  readonly modified: number;
  /** Equal as long as it is the same file with the same content, as far as the system tells. */
  readonly version: string;
}

/** How a file is written. */
export interface WriteOptions {
  /** Unix permission bits; 0600 by default. */
  readonly mode?: number;
  /** Refuse when something stands at the path already. */
  readonly onlyNew?: boolean;
  /** The path comes from the user alone and may lead out of the working folder. */
  readonly anywhere?: boolean;
  /** Whether to fsync, which is the default; `false` for a cache that its reader checks and can make anew. */
  readonly sync?: boolean;
}

/** What becomes of another file that stands where an output goes. */
export interface OutputRules {
  /** Whether the output is refused then, which is the default, or gets a numbered name: `name_2.json`. */
  readonly ifTaken?: "refuse" | "number";
  /** Tells an older file of the same kind, which makes room. */
  readonly older?: (held: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>;
  /**
   * Where an older one goes: `away` when it can be had again, `aside` to a numbered name when it proves something,
   * which is the default.
   */
  readonly olderGoes?: "away" | "aside";
  /** Replace whatever file stands there. */
  readonly force?: boolean;
  /** As in {@linkcode WriteOptions}. */
  readonly anywhere?: boolean;
  /** What to do when it is refused; by default `--force` is named. */
  readonly hint?: string;
}

/** Where an output went. */
export interface WrittenOutput {
  readonly path: string;
  /** The numbered name that an older file got. */
  readonly keptAs?: string;
}

/** One line of a file, without its line end. */
export interface FileLine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where it begins. */
  readonly offset: number;
  /** Whether a newline follows. */
  readonly ended: boolean;
}

/** How a lock file is kept; by default as docs/spec/core.md 3.6 has it. */
export interface LockOptions {
  /** Milliseconds to wait for it at most. */
  readonly wait?: number;
  /** Milliseconds between two looks. */
  readonly retry?: number;
  /** A number from 0 to 1 that spreads the looks of several waiting processes: half to one and a half times `retry`. */
  readonly jitter?: () => number;
  /** Text of the lock file, as other implementations read it; it must hold the mark. */
  readonly content?: (mark: string, pid: number, now: number) => string;
  /** Whether a lock file without the mark, `age` milliseconds old, was left behind by a dead process. */
  readonly isLeftOver?: (content: string, age: number, now: number) => boolean;
}

/**
 * The files that a command may use. Paths are absolute or relative to the working folder.
 *
 * Errors: `invalid_input` when a path can't be used as asked (missing, a folder, no permission), `io_failure`
 * when the system fails (disk full, I/O error).
 */
export interface Files {
  /** Whole content, read once; a file larger than `limit` bytes is refused before it is read. */
  read(path: string, limit?: number): Promise<Uint8Array<ArrayBuffer>>;
  /** What stands at a path, `undefined` when nothing does. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** Whether a path leads to a regular file; links are followed. */
  isFile(path: string): Promise<boolean>;
  /**
   * Absolute path of what a path leads to, links followed as far as anything is there: two names of one file, present
   * or to come, give the same.
   */
  realPath(path: string): Promise<string>;
  /** Names in a folder, sorted by bytes; none when the folder is missing. */
  list(folder: string): Promise<string[]>;
  /** Temporary file, fsync, rename, fsync of the folder: old or new content, never a part. */
  writeAtomic(path: string, content: Uint8Array, options?: WriteOptions): Promise<void>;
  /**
   * {@linkcode Files.writeAtomic} that silently replaces nothing; the same content again is fine.
   *
   * Throws `invalid_input` with the detail `output_exists` when another file stands there and has to stay.
   */
  writeOutput(path: string, content: Uint8Array, rules?: OutputRules): Promise<WrittenOutput>;
  /** Throw now what {@linkcode Files.writeOutput} would throw because of what stands there. */
  checkOutput(path: string, rules?: OutputRules, content?: Uint8Array): Promise<void>;
  /** Create a folder (0750) with its parents, durably. */
  makeFolder(path: string): Promise<void>;
  /** Remove a file. */
  remove(path: string): Promise<void>;
  /** {@linkcode Files.writeAtomic} of content that is made piece by piece. */
  writeAtomicParts(path: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** A part of a file: `length` bytes from `offset`, fewer where it ends. */
  readPart(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The lines of a file one by one, whatever its size; a line longer than `limit` bytes is refused. */
  readLines(path: string, limit: number): Iterable<FileLine>;
  /**
   * Append bytes to a file that holds `size` bytes, and fsync unless told otherwise. When that fails the file is cut
   * to `size` again, so that no part of them stays behind.
   */
  appendAt(path: string, size: number, content: Uint8Array, sync?: boolean): Promise<void>;
  /** Cut a file to a size, and fsync. */
  truncate(path: string, size: number): Promise<void>;
  /** Append one line and fsync, under the lock of the file (docs/spec/core.md 3.6). */
  appendLine(path: string, line: string): Promise<void>;
  /**
   * Run a step while holding the lock file `<path>.lock`; the folder must exist. Errors of the step pass through;
   * a lock that isn't free in time is a `state_contention`, a link in its place an `unsafe_operation`.
   */
  withLock<T>(path: string, options: LockOptions, step: () => Promise<T>): Promise<T>;
}

/** Environment variables, read by name only. */
export interface Environment {
  get(name: string): string | undefined;
}

/** How a child process ended. */
export interface ChildResult {
  /** Exit status; -1 when a signal ended it. */
  readonly code: number;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** Standard output, then standard error, cut at the limit. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** Standard output alone, cut at the limit. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** Bytes that it printed in all, whether they were kept or not. */
  readonly size: number;
}

/** A child process to run to its end. */
export interface ChildRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** Milliseconds; then the child and everything it started are killed. */
  readonly timeout: number;
  /** Bytes of output to keep. */
  readonly outputLimit: number;
  /** Standard input; none when left out. */
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** All variables that it gets; those of this process when left out. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Milliseconds that others may hold its output after it has ended; then that counts as the time limit. Until the time
   * limit when left out.
   */
  readonly linger?: number;
}

/** The effects that a command may have; everything that is not a pure function of the arguments comes from here. */
export interface Effects {
  readonly files: Files;
  /** Writing ahead, for commands that write many records. */
  readonly journals: () => Promise<Journals>;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
  /** Shows how far a long work is, in place of what was shown before; absent where nobody looks on. */
  readonly showProgress?: ((text: string) => void) | undefined;
  readonly readStdin: (limit: number) => Promise<Uint8Array<ArrayBuffer>>;
  /** Standard input and output as streams, for commands that serve. */
  readonly stdio: () => Promise<Stdio>;
  /** Whether a person sits at standard input. */
  readonly isTerminal: () => boolean;
  /** Show a text on standard error and read one line; empty at the end of input. */
  readonly ask: (text: string) => Promise<string>;
  /** Home folder of the user, empty when unknown. */
  readonly home: string | undefined;
  /** Platform names as artifacts write them: `linux`, `darwin`, `windows`; `amd64`, `arm64`. */
  readonly os: string;
  readonly arch: string;
}

/** An append-only file that belongs to this process as long as it lives: the system holds a lock on it. */
export interface Journal {
  readonly path: string;
  /** Append bytes and wait until the disk has them. After an error nothing more can be appended. */
  append(bytes: Uint8Array): Promise<void>;
  /** Close it and leave it where it is. */
  close(): void;
  /** Close and remove it: what it held stands elsewhere. */
  discard(): Promise<void>;
}

/** A journal that a process which is gone left behind, now held by this one. */
export interface LeftJournal {
  readonly content: Uint8Array<ArrayBuffer>;
  close(): void;
  discard(): Promise<void>;
}

/** Writing ahead: one journal makes many files durable at the price of one fsync. */
export interface Journals {
  /** Start a journal; its folder must exist. */
  create(path: string): Promise<Journal>;
  /**
   * Take a journal over; `undefined` when its owner lives, or somebody else was faster.
   *
   * Throws `unsafe_operation` when something else than a file stands there: whoever placed a link chose what is read.
   */
  takeOver(path: string, limit: number): Promise<LeftJournal | undefined>;
  /** Whether nothing stands at a path, not even a link. */
  isFree(path: string): boolean;
  /**
   * Create a file (0600) without waiting for the disk; links are not followed.
   *
   * @returns whether the name was free
   */
  place(path: string, content: Uint8Array): boolean;
  /** Wait until the disk has these files and the names in their folder. */
  settle(paths: readonly string[]): Promise<void>;
}
