/** A file to create with its content. */
export interface NewFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** What became of a file that was to be created: whether its name was free, or the error. */
export type Placement = boolean | { readonly error: unknown };

/** A part of what is appended to a journal: a text, or the number of a file, for its content as a JSON string. */
export type JournalPart = string | number;

/** Bytes for the end of another file, whose lock the caller holds. */
export interface Extension {
  readonly path: string;
  /** Its size and version as the caller knows them. */
  readonly size: number;
  readonly version: string;
  readonly bytes: Uint8Array;
  /** Whether to wait until the disk has them. */
  readonly sync: boolean;
}

/** What became of an extension. Unless it was appended, the file is as it was. */
export type Extended =
  | {
    readonly kind: "appended";
    /** The version of the file then; absent when it can't be found out. */
    readonly version?: string;
  }
  /** The file has another version than the caller knows, or not all files have the names that they were to have. */
  | { readonly kind: "changed" | "skipped" }
  | { readonly kind: "failed"; readonly error: unknown };

/** What became of the files and of the extensions, each in their order. */
export interface Placed {
  /** Bytes by which the journal grew. */
  readonly grown: number;
  readonly placed: readonly Placement[];
  readonly extended: readonly Extended[];
}

/** An append-only file that belongs to this process as long as it lives: the system holds a lock on it. */
export interface Journal {
  readonly path: string;
  /**
   * Append bytes and wait until the disk has them, or with `sync` false until the system has them, so that they outlive
   * this process. After an error nothing more can be appended.
   */
  append(bytes: Uint8Array, options?: { readonly sync?: boolean }): Promise<void>;
  /**
   * Append a line that makes files durable, and create these as {@linkcode Journals.place} does. When it can't be
   * appended, no file stays.
   *
   * INVARIANT: another file is extended when the line is durable and all files were created, never before.
   *
   * @param options.early whether the files may be created while the disk is waited for
   */
  appendAndPlace(
    line: readonly JournalPart[],
    files: readonly NewFile[],
    options: { readonly early: boolean; readonly extensions?: readonly Extension[] },
  ): Promise<Placed>;
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
  /** Whether nothing is seen at a path. A link that leads nowhere may not be; it is met when a file is created there. */
  isFree(path: string): boolean;
  /**
   * Create a file (0600) without waiting for the disk; links are not followed.
   *
   * @returns whether the name was free
   */
  place(path: string, content: Uint8Array): boolean;
  /** Close a file that was extended; until then it stays open. Called before its lock is given up. */
  letGo(path: string): void;
  /** Wait until the disk has these files and the names in their folder. */
  sync(paths: readonly string[]): Promise<void>;
}
