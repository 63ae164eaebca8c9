/** Appends to one file, whose lock the caller holds. */
export interface Appender {
  /**
   * As {@linkcode Files.appendAt}.
   *
   * @returns the version of the file then; `undefined` when it can't be found out
   */
  append(size: number, content: Uint8Array, sync?: boolean): Promise<string | undefined>;
  close(): void;
}

/** What exists at a path; links are not followed. */
export interface FileInfo {
  readonly kind: "file" | "folder" | "symlink" | "other";
  /** Bytes. */
  readonly size: number;
  /** Unix permission bits; 0 on systems without them. */
  readonly mode: number;
  /** Time of the last modification, in milliseconds since 1970. */
  readonly modified: number;
  /**
   * Time of the last change of content or attributes, in milliseconds since 1970. Programs can set `modified`, but not
   * this. Absent where the system doesn't report it.
   */
  readonly changed?: number;
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
  /**
   * Whether to fsync; true by default. False for a cache that its reader checks and can rebuild; `content` leaves out the
   * folder, for a caller that syncs it with its next write.
   */
  readonly sync?: boolean | "content";
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
  /** The hint if the output is refused; by default it suggests `--force` when {@linkcode force} is given. */
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
  /** Move a file to another name in its folder, replacing what has that name, and fsync the folder. */
  rename(from: string, to: string): Promise<void>;
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
  /** Append to a file several times while its lock is held all along; it stays open until the appender is closed. */
  openAppender(path: string): Appender;
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

/** A folder to watch, and whether the folders below it are watched too. */
export interface WatchedFolder {
  readonly path: string;
  readonly recursive: boolean;
}

/** What changed in watched folders. */
export interface FolderChanges {
  /** Files that were created, changed or removed, each once. */
  readonly paths: readonly string[];
  /** Whether there were more changes than the system could report: any file may have changed. */
  readonly lost: boolean;
}

/**
 * Watch existing folders until the signal, and report changes in the order of events. Throws `io_failure` when the system
 * can't watch them.
 */
export type WatchFolders = (
  folders: readonly WatchedFolder[],
  ended: AbortSignal,
) => AsyncIterable<FolderChanges>;
