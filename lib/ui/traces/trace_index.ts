import type { FileInfo, Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { letOthersRun } from "../let_others_run.ts";
import { MAX_FOUND, searchFiles } from "../search_files.ts";
import { readingOrder, type UnreadFile } from "./reading_order.ts";
import { rowOf, type TraceRow, unreadableRow } from "./row.ts";
import { type FileState, type TraceRows, traceTable } from "./trace_table.ts";

/** Names of trace files. */
export const TRACE_NAME = /^trace_.*\.json$/is;

/** Larger traces are not read: 16 MiB. */
export const MAX_TRACE_BYTES = 1 << 24;

/** How many traces are read, and how many are looked at, before other work gets its turn: about 5 ms. */
const READ_BATCH = 32;
const LOOK_BATCH = 1_000;

/** So many traces make the first answer: what a window of the page shows. */
const FIRST = 200;

/** All traces of some folders, read in the background, the newest first. */
export interface TraceIndex {
  /** Those that are read so far. */
  readonly rows: TraceRows;
  /** Another number after each change of the rows. */
  readonly version: () => number;
  /** How many are still to be read. */
  readonly pending: () => number;
  /** Whether there are more traces than the limit. */
  readonly isCut: () => boolean;
  /** The state of the file of a trace when it was read. */
  stateOf(path: string): FileState | undefined;
  /** Whether a path is of a known trace: the page may ask for no other file. */
  has(path: string): boolean;
  /** Read these files again, or forget those that are gone. */
  update(paths: readonly string[]): void;
  /** Search the folders again, and read what is new or changed. */
  rescan(): Promise<void>;
  /**
   * Search the folders for files that came or went, by their names: those that are known are not looked at.
   *
   * @returns whether files came or went that nobody had reported
   */
  findNew(): Promise<boolean>;
  /** Look at the files that are known: one that is written in place changes no folder. */
  lookAtKnown(): Promise<void>;
  /** Resolves when the newest traces are read, or all of them, after the first search. */
  readonly first: Promise<void>;
  /** Resolves when nothing is left to read. */
  idle(): Promise<void>;
}

/** Milliseconds between two reports of changes while many traces are read. */
const REPORT_EVERY = 500;

/** What is called after rows changed, at most twice a second, and the clock for that. */
export interface IndexOptions {
  readonly now: () => number;
  readonly onChange: () => void;
  /** Is given the folders that a search passed over. */
  readonly onSkipped?: (folders: readonly string[]) => void;
  /** Most traces that are known at a time; beyond it the oldest are forgotten. */
  readonly limit?: number;
}

export function traceIndex(
  folders: readonly string[],
  files: Files,
  { now, onChange, onSkipped, limit = MAX_FOUND }: IndexOptions,
): TraceIndex {
  const known = traceTable();
  const order = readingOrder();
  let isCut = false;
  let reading: Promise<void> | undefined;
  const scans = new Set<Promise<unknown>>();
  let read = 0;
  /** What is being read counts as pending until its row is there. */
  let beingRead: string | undefined;
  let haveFirst = () => {};
  const first = new Promise<void>((resolve) => haveFirst = resolve);

  async function readAll(): Promise<void> {
    let reported = 0;
    for (let path = order.next(); path !== undefined; path = order.next()) {
      beingRead = path;
      await readOne(path);
      beingRead = undefined;
      if (++read === FIRST) haveFirst();
      if (read % READ_BATCH !== 0) continue;
      if (now() - reported >= REPORT_EVERY && read >= FIRST) {
        reported = now();
        onChange();
      }
      await letOthersRun();
    }
    forgetOldest();
    reading = undefined;
    if (order.size() === 0) haveFirst();
    onChange();
  }

  async function readOne(path: string): Promise<void> {
    let info: FileInfo | undefined;
    let row: TraceRow;
    try {
      info = await files.stat(path);
      if (info?.kind !== "file") return known.remove(path);
      row = rowOf(path, await files.read(path, MAX_TRACE_BYTES));
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      row = unreadableRow(path, error);
    }
    const { size = 0, modified = 0 } = info ?? {};
    known.add(row, { size, modified });
  }

  /** A tenth at a time, so that a page that stays open for long does not look for the oldest after each new one. */
  function forgetOldest(): void {
    if (known.size() <= limit * 1.1) return;
    isCut = true;
    // By the age of their files, as worthReading() chooses: otherwise each search would find them worth reading again.
    const byAge = [...known.paths()].map((path) => ({ path, modified: known.stateOf(path)!.modified }))
      .sort((a, b) => a.modified - b.modified);
    for (const { path } of byAge.slice(0, byAge.length - limit)) known.remove(path);
  }

  function start(): void {
    // In a turn of its own: what has nothing to read yet, because a search still looks at what it found, ends at once, and
    // must not be taken for reading after that.
    if (order.size() > 0) reading ??= Promise.resolve().then(readAll);
    else haveFirst();
  }

  /**
   * @param isWhole whether known files are looked at, too
   * @returns whether files came or went that nobody had reported
   */
  async function scan(isWhole: boolean): Promise<boolean> {
    const found = await searchFiles(folders, TRACE_NAME, files, limit * 5);
    onSkipped?.(found.skipped);
    const isReported = (path: string) => order.has(path) || path === beingRead;
    let hasMissed = false;
    if (!found.isCut) {
      const present = new Set(found.paths);
      const absent = [...known.paths()].filter((path) => !present.has(path));
      hasMissed = !absent.every(isReported);
      absent.forEach(known.remove);
      // A file may have come, and have been read, since its folder was listed: each is looked at once more.
      order.prefer(absent);
    }
    const unknown = found.paths.filter((path) => !known.has(path));
    const unreported = new Set(unknown.filter((path) => !isReported(path)));
    order.expect(unknown);
    const changed = await changedOf(isWhole ? found.paths : unknown);
    const worth = worthReading(changed);
    isCut = found.isCut || worth.length < changed.length;
    if (worth.length < changed.length) {
      const kept = new Set(worth);
      order.drop(changed.filter((file) => !kept.has(file)).map(({ path }) => path));
    }
    order.arrange(worth);
    start();
    return hasMissed || worth.some(({ path }) => unreported.has(path));
  }

  async function lookAtKnown(): Promise<void> {
    // A list of them: a row that is read again meanwhile is last then, so that looking might never end.
    order.arrange(await changedOf([...known.paths()]));
    start();
  }

  /** Whoever waits until the index is idle waits for this, too. */
  function during<Result>(scan: Promise<Result>): Promise<Result> {
    const ended = scan.finally(() => scans.delete(ended));
    scans.add(ended);
    return ended;
  }

  /** The newest, as many as there is room for; and those that are newer than what would have to make room. */
  function worthReading(found: readonly UnreadFile[]): readonly UnreadFile[] {
    const room = Math.max(0, limit - known.size());
    if (found.length <= room) return found;
    const oldest = known.oldestFile();
    return [...found].sort((a, b) => b.modified - a.modified)
      .filter((file, i) => i < limit && (i < room || file.modified > oldest || known.has(file.path)));
  }

  /** The files that are unknown, or have changed since they were read. */
  async function changedOf(paths: readonly string[]): Promise<UnreadFile[]> {
    const changed: UnreadFile[] = [];
    let looked = 0;
    for (const path of paths) {
      if (++looked % LOOK_BATCH === 0) await letOthersRun();
      const info = await lookAt(path);
      const held = known.stateOf(path);
      if (held && info && held.size === info.size && held.modified === info.modified) continue;
      changed.push({ path, modified: info?.modified ?? 0 });
    }
    order.expect(changed.map(({ path }) => path));
    return changed;
  }

  async function lookAt(path: string): Promise<FileInfo | undefined> {
    try {
      return await files.stat(path);
    } catch (error) {
      if (error instanceof GaitError) return undefined; // reading it says why
      throw error;
    }
  }

  return {
    rows: known.rows,
    version: known.version,
    pending: () => order.size() + (beingRead === undefined ? 0 : 1),
    isCut: () => isCut,
    stateOf: known.stateOf,
    has: (path) => known.has(path) || order.has(path) || path === beingRead,
    update(paths) {
      order.prefer(paths);
      start();
    },
    async rescan() {
      await during(scan(true));
    },
    findNew: () => during(scan(false)),
    lookAtKnown: () => during(lookAtKnown()),
    first,
    async idle() {
      await Promise.all(scans);
      while (reading !== undefined) await reading;
    },
  };
}
