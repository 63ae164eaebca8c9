/** An append-only file that belongs to this process as long as it lives: the system holds a lock on it. */
export interface Journal {
  readonly path: string;
  /**
   * Append bytes and wait until the disk has them, or with `sync` false until the system has them, so that they outlive
   * this process. After an error nothing more can be appended.
   *
   * @param options.meanwhile called while the disk is waited for, in which time this process has nothing else to do; it
   * must not throw
   */
  append(
    bytes: Uint8Array,
    options?: { readonly sync?: boolean; readonly meanwhile?: (() => void) | undefined },
  ): Promise<void>;
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
  /** Remove a file that was just placed, and that nobody was told of. */
  withdraw(path: string): void;
  /** Wait until the disk has these files and the names in their folder. */
  sync(paths: readonly string[]): Promise<void>;
}
