/** A file to create with its content. */
export interface NewFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** What became of a file that was to be created: whether its name was free, or the error. */
export type Placement = boolean | { readonly error: unknown };

/** An append-only file that belongs to this process as long as it lives: the system holds a lock on it. */
export interface Journal {
  readonly path: string;
  /**
   * Append bytes and wait until the disk has them, or with `sync` false until the system has them, so that they outlive
   * this process. After an error nothing more can be appended.
   */
  append(bytes: Uint8Array, options?: { readonly sync?: boolean }): Promise<void>;
  /**
   * Append bytes that make files durable, and create these as {@linkcode Journals.place} does. When the bytes can't be
   * appended, no file stays.
   *
   * @param options.early whether the files may be created while the disk is waited for
   */
  appendAndPlace(
    bytes: Uint8Array,
    files: readonly NewFile[],
    options: { readonly early: boolean },
  ): Promise<readonly Placement[]>;
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
  /** Wait until the disk has these files and the names in their folder. */
  sync(paths: readonly string[]): Promise<void>;
}
