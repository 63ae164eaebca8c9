import type { Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { MAX_FOUND, searchFiles } from "../search_files.ts";
import { rowOf, type TraceRow, unreadableRow } from "./row.ts";

/** Names of trace files. */
export const TRACE_NAME = /^trace_.*\.json$/is;

/** Larger traces are not read: 16 MiB. */
export const MAX_TRACE_BYTES = 1 << 24;

/** How many traces are read before other work gets its turn. */
const BATCH = 64;

/** All traces of some folders, read in the background. */
export interface TraceIndex {
  /** The newest first; of those that are read so far. */
  rows(): readonly TraceRow[];
  /** How many are still to be read. */
  readonly pending: () => number;
  /** Whether a path is of a known trace: the page may ask for no other file. */
  has(path: string): boolean;
  /** Read these files again, or forget those that are gone. */
  update(paths: readonly string[]): void;
  /** Search the folders again. */
  rescan(): Promise<void>;
  /** Resolves when nothing is left to read. */
  idle(): Promise<void>;
}

/** Milliseconds between two reports of changes while many traces are read. */
const REPORT_EVERY = 500;

/** What is called after rows changed, at most twice a second, and the clock for that. */
export interface IndexOptions {
  readonly now: () => number;
  readonly onChange: () => void;
  /** Most traces that are known at a time; beyond it the oldest are forgotten. */
  readonly limit?: number;
}

export function traceIndex(
  folders: readonly string[],
  files: Files,
  { now, onChange, limit = MAX_FOUND }: IndexOptions,
): TraceIndex {
  const byPath = new Map<string, TraceRow>();
  const waiting = new Set<string>();
  let sorted: readonly TraceRow[] | undefined;
  let reading: Promise<void> | undefined;

  async function readAll(): Promise<void> {
    let reported = 0;
    while (waiting.size > 0) {
      let left = BATCH;
      for (const path of waiting) {
        if (left-- === 0) break;
        waiting.delete(path);
        await readOne(path);
      }
      sorted = undefined;
      // A tenth at a time, so that a page that stays open for long does not sort all of them for each new one.
      if (byPath.size > limit * 1.1) { for (const { path } of rows().slice(limit)) forget(path); }
      if (waiting.size === 0 || now() - reported >= REPORT_EVERY) {
        reported = now();
        onChange();
      }
      // Reading is synchronous: without a pause no request would be answered meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    reading = undefined;
  }

  async function readOne(path: string): Promise<void> {
    try {
      const info = await files.stat(path);
      if (info?.kind !== "file") return void byPath.delete(path);
      byPath.set(path, rowOf(path, await files.read(path, MAX_TRACE_BYTES)));
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      byPath.set(path, unreadableRow(path, error));
    }
  }

  function enqueue(paths: readonly string[]): void {
    for (const path of paths) waiting.add(path);
    if (waiting.size > 0) reading ??= readAll();
  }

  function rows(): readonly TraceRow[] {
    return sorted ??= [...byPath.values()].sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1));
  }

  function forget(path: string): void {
    byPath.delete(path);
    sorted = undefined;
  }

  return {
    rows,
    pending: () => waiting.size,
    has: (path) => byPath.has(path) || waiting.has(path),
    update: enqueue,
    async rescan() {
      const found = await searchFiles(folders, TRACE_NAME, files);
      const known = new Set(found);
      for (const path of byPath.keys()) if (!known.has(path)) byPath.delete(path);
      sorted = undefined;
      enqueue(found.filter((path) => !byPath.has(path)));
    },
    async idle() {
      while (reading !== undefined) await reading;
    },
  };
}
