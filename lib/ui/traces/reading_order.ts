/** A file that is to be read, and when it was written. */
export interface UnreadFile {
  readonly path: string;
  /** In milliseconds since 1970. */
  readonly modified: number;
}

/** Which traces are still to be read, and in which order: the changed ones first, then the newest. */
export interface ReadingOrder {
  readonly size: () => number;
  has(path: string): boolean;
  /** Files were found; they count at once, and get their turn when it is known how new they are. */
  expect(paths: readonly string[]): void;
  /** The expected files with their ages, in any order. */
  arrange(files: readonly UnreadFile[]): void;
  /** Files changed just now: they are read before all others. */
  prefer(paths: readonly string[]): void;
  /** These are not to be read after all. */
  drop(paths: readonly string[]): void;
  /** Take the next one; `undefined` when none has its turn. */
  next(): string | undefined;
}

export function readingOrder(): ReadingOrder {
  const waiting = new Set<string>();
  const preferred = new Set<string>();
  /** The newest last, so that taking it is cheap. */
  let rest: UnreadFile[] = [];
  return {
    size: () => waiting.size,
    has: (path) => waiting.has(path),
    expect(paths) {
      for (const path of paths) waiting.add(path);
    },
    arrange(files) {
      rest = [...rest, ...files].sort((a, b) => a.modified - b.modified || (a.path < b.path ? 1 : -1));
    },
    drop(paths) {
      for (const path of paths) waiting.delete(path);
    },
    prefer(paths) {
      for (const path of paths) {
        waiting.add(path);
        preferred.add(path);
      }
    },
    next() {
      for (const path of preferred) {
        preferred.delete(path);
        waiting.delete(path);
        return path;
      }
      for (let file = rest.pop(); file !== undefined; file = rest.pop()) {
        if (waiting.delete(file.path)) return file.path;
      }
      return undefined;
    },
  };
}
