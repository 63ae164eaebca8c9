import { GaitError, messageOf } from "../../errors/mod.ts";
import type { Journal, Journals } from "../../effects/mod.ts";
import { concat, hex } from "../../formats/bytes.ts";
import { numberedPath } from "../../formats/path.ts";
import { journalLine, type NamedRecord, renamingLine } from "./journal_line.ts";

/** Folder of the journals, inside the folder of traces. */
export const JOURNAL_FOLDER = ".journal";

/** From this size on a journal is settled: its files are made durable one by one, and it is removed. 16 MiB. */
const SEGMENT_BYTES = 1 << 24;

/**
 * Milliseconds that a full journal is left alone. By then the system has written its files by itself, and waiting for
 * them costs next to nothing; at once it would hold up every file that is created meanwhile.
 */
const SETTLE_AFTER = 60_000;

/** Full journals that may be left alone; 1 GiB together. */
const MAX_FULL = 64;

/** Names of decisions whose numbers are remembered. */
const MAX_REMEMBERED = 10_000;

/** A log of decisions: many files a second, each on the disk before its decision is released. */
export interface TraceLog {
  /**
   * Write the records of one decision.
   *
   * @returns the names that they got; given ones are changed where a file of that name stands already, since no
   * evidence is overwritten
   * @throws {GaitError} `io_failure` and the like: then the decision does not count
   */
  append(records: readonly NamedRecord[]): Promise<string[]>;
  /**
   * Wait until every file is on the disk and the journals are gone.
   *
   * @throws {GaitError} `io_failure` when that can't be had; then the journals stay, and the records in them are
   * written again when a log is opened in this folder
   */
  close(): Promise<void>;
}

/** What a log needs from outside. */
export interface TraceLogEffects {
  readonly journals: Journals;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A journal, and the files whose content it holds. */
interface Segment {
  readonly journal: Journal;
  readonly paths: string[];
  size: number;
  /** When it was full. */
  fullAt: number;
}

interface Waiting {
  readonly records: readonly NamedRecord[];
  readonly released: (names: string[]) => void;
  readonly failed: (error: unknown) => void;
}

/** A decision whose records have their names. */
interface Named extends Waiting {
  readonly names: string[];
}

/**
 * Open a log in a folder that exists, with its folder of journals.
 *
 * Group commit: while one batch is on its way to the disk the next one gathers, and all of it costs one fsync. The
 * files themselves are written behind it without waiting; a crash of the machine can lose them, not the journal,
 * from which {@linkcode recoverTraces} writes them again. They are not written while an fsync is under way, which
 * would make each of them wait for it.
 *
 * INVARIANT: a journal names every record as its file is named. So decisions with the same bytes are as many after a
 * crash as before, and each stands under the path that was answered.
 */
export function openTraceLog(folder: string, { journals, random, now }: TraceLogEffects): TraceLog {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let segment: Segment | undefined;
  const full: Segment[] = [];
  const nextNumber = new Map<string, number>();
  let settling: Promise<void> | undefined;
  let settleError: unknown;

  /** The names of the records of one decision: the first number with which all of them are free. */
  function reserve(records: readonly NamedRecord[], taken: Set<string>): string[] {
    const [first] = records;
    for (let n = nextNumber.get(first!.name) ?? 1;; n++) {
      const names = records.map(({ name }) => numberedPath(name, n));
      if (names.some((name) => taken.has(name) || !journals.isFree(`${folder}/${name}`))) continue;
      for (const name of names) taken.add(name);
      // The same decision over and over must not look at all its earlier files each time.
      if (nextNumber.size >= MAX_REMEMBERED) nextNumber.clear();
      nextNumber.set(first!.name, n + 1);
      return names;
    }
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const taken = new Set<string>();
      const named = batch.map((waited) => ({ ...waited, names: reserve(waited.records, taken) }));
      const failure = await commit(named).then(() => undefined, (error: unknown) => ({ error }));
      if (failure) {
        await abandonSegment();
        // Their numbers are free again: a gap would look like a trace that somebody took away.
        for (const { records } of batch) nextNumber.delete(records[0]!.name);
        for (const { failed } of batch) failed(failure.error);
      } else {
        const held = segment!;
        for (const one of named) await release(one, held, taken);
        if (segment && segment.size >= SEGMENT_BYTES) closeSegment();
      }
      if (!settling && isDue()) settling = settleDue();
      if (full.length > MAX_FULL) await settling;
    }
    flushing = undefined;
  }

  async function commit(batch: readonly Named[]): Promise<void> {
    segment ??= {
      journal: await journals.create(`${folder}/${JOURNAL_FOLDER}/${hex(random(8))}.jsonl`),
      paths: [],
      size: 0,
      fullAt: 0,
    };
    await append(segment, concat(batch.map(({ records, names }) => journalLine(renamed(records, names)))));
  }

  async function release(
    { records, names, released, failed }: Named,
    held: Segment,
    taken: Set<string>,
  ): Promise<void> {
    try {
      for (const [at, record] of records.entries()) {
        while (!journals.place(`${folder}/${names[at]}`, record.content)) {
          // Another process was faster. The journal must know the new name before a file bears it.
          const [other] = reserve([record], taken);
          await append(held, renamingLine(names[at]!, other!)).catch((error) => {
            // The others of this batch stand in it, so it is kept; the next batch gets a journal of its own.
            if (segment === held) closeSegment();
            throw error;
          });
          names[at] = other!;
        }
        held.paths.push(`${folder}/${names[at]}`);
      }
      released(names);
    } catch (error) {
      failed(error);
    }
  }

  function closeSegment(): void {
    if (segment) full.push({ ...segment, fullAt: now() });
    segment = undefined;
  }

  /**
   * Behind a line that may be torn nothing is written: the next batch gets a journal of its own. One that proves
   * nothing is not kept, or a disk that stays full would cost an open file a batch until the process has none left.
   */
  async function abandonSegment(): Promise<void> {
    if (!segment || segment.paths.length > 0) return closeSegment();
    const { journal } = segment;
    segment = undefined;
    // The error of the batch is the one to report now.
    await journal.discard().catch((error) => settleError ??= error);
  }

  /** Whether a journal was left alone long enough, or there are too many. */
  function isDue(): boolean {
    return full.length > MAX_FULL || full[0] !== undefined && now() - full[0].fullAt >= SETTLE_AFTER;
  }

  async function settleDue(): Promise<void> {
    while (isDue()) await settleFirst();
    settling = undefined;
  }

  async function settleFirst(): Promise<void> {
    const { journal, paths } = full.shift()!;
    try {
      await journals.settle(paths);
      await journal.discard();
    } catch (error) {
      // The journal stays, so nothing is lost.
      settleError ??= error;
      journal.close();
    }
  }

  return {
    append: (records) =>
      new Promise((released, failed) => {
        waiting.push({ records, released, failed });
        flushing ??= flush();
      }),
    async close() {
      await flushing;
      await settling;
      closeSegment();
      while (full.length > 0) await settleFirst();
      if (settleError) {
        throw new GaitError(
          "io_failure",
          `Cannot settle the traces in "${folder}": ${messageOf(settleError)}`,
          {
            hint:
              `They are safe in "${folder}/${JOURNAL_FOLDER}" and written when a gate opens this folder again`,
            cause: settleError,
          },
        );
      }
    },
  };
}

async function append(segment: Segment, lines: Uint8Array<ArrayBuffer>): Promise<void> {
  await segment.journal.append(lines);
  segment.size += lines.length;
}

function renamed(records: readonly NamedRecord[], names: readonly string[]): NamedRecord[] {
  return records.map(({ content }, at) => ({ name: names[at]!, content }));
}
