import type { Stdio } from "./stdio.ts";

/** What exists at a path; links are not followed. */
export interface FileInfo {
  readonly kind: "file" | "folder" | "symlink" | "other";
  /** Bytes. */
  readonly size: number;
  /** Unix permission bits; 0 on systems without them. */
  readonly mode: number;
  /** Time of the last modification, in milliseconds since 1970. */
  readonly modified: number;
  /** Stays equal while the path holds the same file with the same content, as far as the system reports it. */
  readonly version: string;
}

/** A name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FileInfo["kind"];
}

/** How a file is written. */
export interface WriteOptions {
  /** Unix permission bits; 0600 by default. */
  readonly mode?: number;
  /** Fail if the path exists. */
  readonly onlyNew?: boolean;
  /** The path was chosen by the user and may leave the working folder. */
  readonly anywhere?: boolean;
  /** Whether to fsync; true by default. False for a cache that its reader checks and can rebuild. */
  readonly sync?: boolean;
}

/** What happens to an existing file at the path of an output. */
export interface OutputRules {
  /** Whether the output is refused, which is the default, or gets a numbered name: `name_2.json`. */
  readonly ifTaken?: "refuse" | "number";
  /** Recognises an older output of the same kind, which may be replaced. */
  readonly older?: (held: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>;
  /**
   * What happens to an older output: `away` deletes one that can be produced again; `aside`, the default, moves
   * evidence to a numbered name.
   */
  readonly olderGoes?: "away" | "aside";
  /** Replace any existing file. */
  readonly force?: boolean;
  /** See {@linkcode WriteOptions}. */
  readonly anywhere?: boolean;
  /** The hint if the output is refused; suggests `--force` by default. */
  readonly hint?: string;
}

/** Where an output was written. */
export interface WrittenOutput {
  readonly path: string;
  /** The numbered name of the older file, if it was moved. */
  readonly keptAs?: string;
}

/** One line of a file, without its line end. */
export interface FileLine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset of its first byte. */
  readonly offset: number;
  /** Whether it ends with a newline. */
  readonly ended: boolean;
}

/** How a lock file is used; the defaults are those of docs/spec/core.md 3.6. */
export interface LockOptions {
  /** Longest wait for the lock, in milliseconds. */
  readonly wait?: number;
  /** Milliseconds between two attempts. */
  readonly retry?: number;
  /** A number from 0 to 1 that spreads the attempts of waiting processes: 0.5 to 1.5 times `retry`. */
  readonly jitter?: () => number;
  /** The content of the lock file, as other implementations read it; it must contain the marker. */
  readonly content?: (mark: string, pid: number, now: number) => string;
  /** Whether a lock file without the marker, `age` milliseconds old, is stale. */
  readonly isLeftOver?: (content: string, age: number, now: number) => boolean;
}

/**
 * The files that a command may use. Paths are absolute or relative to the working folder.
 *
 * Errors: `invalid_input` if a path can't be used as requested (missing, a folder, no permission), `io_failure` if
 * the system fails (disk full, I/O error).
 */
export interface Files {
  /** Read a whole file, once. A file larger than `limit` bytes is refused before it is read. */
  read(path: string, limit?: number): Promise<Uint8Array<ArrayBuffer>>;
  /** What exists at a path; `undefined` if nothing does. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** Whether a path leads to a regular file; links are followed. */
  isFile(path: string): Promise<boolean>;
  /** The absolute path with all existing links resolved: two names of one file, existing or not, give the same path. */
  realPath(path: string): Promise<string>;
  /** The names in a folder, sorted by bytes; empty if the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** The same with what each name is, links not followed, at the price of the list alone; the folder must exist. */
  entries(folder: string): Promise<FolderEntry[]>;
  /**
   * Write through a temporary file, fsync, rename and fsync of the folder: readers see the old or the new content,
   * never a part.
   */
  writeAtomic(path: string, content: Uint8Array, options?: WriteOptions): Promise<void>;
  /**
   * Like {@linkcode Files.writeAtomic}, but never silently replaces a file; the same content again is fine.
   *
   * Throws `invalid_input` with the detail `output_exists` if another file exists there and must be kept.
   */
  writeOutput(path: string, content: Uint8Array, rules?: OutputRules): Promise<WrittenOutput>;
  /** Throw the error that {@linkcode Files.writeOutput} would throw for the existing file. */
  checkOutput(path: string, rules?: OutputRules, content?: Uint8Array): Promise<void>;
  /** Create a folder (0750) and its parents, durably. */
  makeFolder(path: string): Promise<void>;
  /** Remove a file. */
  remove(path: string): Promise<void>;
  /** Set the permission bits of a file or folder; links are refused. */
  setMode(path: string, mode: number): Promise<void>;
  /** Like {@linkcode Files.writeAtomic}, for content that is produced in parts. */
  writeAtomicParts(path: string, parts: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<void>;
  /**
   * The content of a file in pieces of `size` bytes, the last one shorter; one is in memory at a time. Links are not
   * followed, and a file that changes while it is read is refused.
   */
  readChunks(path: string, size: number): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** A part of a file: `length` bytes from `offset`, fewer where it ends. */
  readPart(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The lines of a file one by one, in bounded memory; a line longer than `limit` bytes is refused. */
  readLines(path: string, limit: number): Iterable<FileLine>;
  /**
   * Append bytes to a file of `size` bytes, and fsync unless `sync` is false. On failure the file is truncated to
   * `size`, so that no partial append remains.
   */
  appendAt(path: string, size: number, content: Uint8Array, sync?: boolean): Promise<void>;
  /** Truncate a file, and fsync. */
  truncate(path: string, size: number): Promise<void>;
  /** Append one line and fsync, under the lock of the file (docs/spec/core.md 3.6). */
  appendLine(path: string, line: string): Promise<void>;
  /**
   * Run a step while holding the lock file `<path>.lock`; the folder must exist. Errors of the step pass through.
   * Throws `state_contention` if the lock is not free in time, `unsafe_operation` if a link is in its place.
   */
  withLock<T>(path: string, options: LockOptions, step: () => Promise<T>): Promise<T>;
}

/** Environment variables; they can be read by name only. */
export interface Environment {
  get(name: string): string | undefined;
}

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

/** A GET request; redirects are not followed. */
export interface FetchRequest {
  readonly url: string;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** The most bytes of a body, counted after it was unfolded. */
  readonly limit: number;
}

/** An answer; the body is empty unless the status is 200. */
export interface FetchAnswer {
  readonly status: number;
  /** Where a redirect leads, as it was written. */
  readonly location: string | undefined;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The network. */
export interface Http {
  /** Whether this program has the permission to connect to the host of an address. */
  mayReach(url: string): boolean;
  /**
   * Ask for a document. Loopback is never asked through a proxy.
   *
   * Throws `network_transient` when trying again may help, `network_permanent` otherwise; neither names the address.
   */
  get(request: FetchRequest): Promise<FetchAnswer>;
  /** Let time pass. */
  wait(milliseconds: number): Promise<void>;
}

/** What this process may still do, found out by trying. */
export interface PermissionProbe {
  /** Whether a permission is held without limits. */
  holds(name: "read" | "write" | "run" | "env" | "net" | "sys" | "ffi"): boolean;
  /** Whether a connection beyond loopback is refused before anything is sent. */
  networkIsDenied(): Promise<boolean>;
}

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

/** A request as it arrived; its body is not read yet. */
export interface ServerRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** In the order in which they came, repeated ones too; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * The body as it comes; can be read once. Throws `invalid_input` when the client breaks off, sends what is no HTTP, or
   * is too slow.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** An answer to a request. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the connection is closed behind it. */
  readonly close?: boolean;
}

/** Where requests are taken, and what they may cost. Times in milliseconds. */
export interface ListenOptions {
  /** A name or an address, without brackets. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Longest time in which the headers of a request must be whole. */
  readonly headerTimeout: number;
  /** Longest time in which a request must be whole, its body included. */
  readonly requestTimeout: number;
  /** How long a connection may be silent. */
  readonly idleTimeout: number;
  readonly maxConnections: number;
  readonly maxHeaderBytes: number;
}

/** A server that takes requests. */
export interface HttpServer {
  /** Where it really listens. */
  readonly host: string;
  readonly port: number;
  /** Resolves when somebody asks the process to stop; asked again, it ends at once. */
  readonly stopped: Promise<void>;
  /** Take no more requests; resolves when all accepted ones are answered, or after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** All effects of a command. Whatever is not a pure function of the arguments comes from here. */
export interface Effects {
  readonly files: Files;
  /** Write-ahead journals, for commands that write many records. */
  readonly journals: () => Promise<Journals>;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
  /** Run a child that neither outlives its timeout nor leaves a process of its group behind. */
  readonly runBounded: (request: BoundedRequest) => Promise<BoundedResult>;
  /** Processes that end when this one does. */
  readonly supervision: () => Promise<Supervision>;
  /** Shows the progress of a long operation, replacing the previous text; absent when standard error is no terminal. */
  readonly showProgress?: ((text: string) => void) | undefined;
  /** For the diagnosis of this program itself. */
  readonly permissions: () => Promise<PermissionProbe>;
  /** The network, for the few commands that use it. */
  readonly http: () => Promise<Http>;
  readonly readStdin: (limit: number) => Promise<Uint8Array<ArrayBuffer>>;
  /** Standard input and output as streams, for commands that serve. */
  readonly stdio: () => Promise<Stdio>;
  /**
   * Serve HTTP. Throws `invalid_input` when the address can't be used.
   *
   * @param answer never throws
   */
  readonly listen: (
    options: ListenOptions,
    answer: (request: ServerRequest) => Promise<ServerAnswer>,
  ) => Promise<HttpServer>;
  /** Whether a person sits at standard input. */
  readonly isTerminal: () => boolean;
  /** Show a text on standard error and read one line; empty at the end of input. */
  readonly ask: (text: string) => Promise<string>;
  /** Home folder of the user, empty when unknown. */
  readonly home: string | undefined;
  /** The path of the executable, or of the launcher of a checkout. */
  readonly executable: () => string;
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
  sync(paths: readonly string[]): Promise<void>;
}
