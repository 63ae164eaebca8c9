import { GaitError, messageOf } from "../../errors/mod.ts";
import type { Extended, Journal, Placement } from "../../effects/mod.ts";
import { hex } from "../../formats/bytes.ts";
import { numberedPath } from "../../formats/path.ts";
import { journalLines, type NamedRecord, renamingLine } from "./journal_line.ts";
import { extensionsOf, type Group, groupsOf, type Named, type Waiting } from "./log_batch.ts";
import type { TraceLog, TraceLogEffects } from "./log_types.ts";

/** Folder of the journals, inside the folder of traces. */
export const JOURNAL_FOLDER = ".journal";

/** A journal of this size is closed; later its files are made durable one by one, and it is removed. 16 MiB. */
const SEGMENT_BYTES = 1 << 24;

/**
 * Milliseconds until the files of a full journal are synced. By then the system has written them by itself, and an
 * fsync is cheap; an immediate fsync would delay every file that is created meanwhile. A journal is full after this
 * time as well: it is a second copy of its records, so a record that is removed must not stay in it for ever.
 */
const SYNC_AFTER = 60_000;

/** Largest number of full journals that wait; 1 GiB in all. */
const MAX_FULL = 64;

/** Number of decision names whose next number is cached. */
const MAX_REMEMBERED = 10_000;

/** A journal, and the files whose content it has. */
interface Segment {
  readonly journal: Journal;
  readonly paths: string[];
  /** When it was begun. */
  readonly begunAt: number;
  size: number;
  /** When it was closed. */
  fullAt: number;
}

/**
 * Open a log in an existing trace folder with its journal folder.
 *
 * Group commit: while one batch is written, the next one gathers, and each batch costs one fsync. The record files
 * are written afterwards without an fsync; a crash of the machine can lose them, but not the journal, from which
 * {@linkcode recoverTraces} restores them. Those of several decisions are not written during an fsync, because each of
 * them would wait for it; the files of a lone one wait with it.
 *
 * INVARIANT: a journal has every record under the name of its file. So a crash does not change the number of
 * decisions with the same bytes, and each is found at the path that was returned.
 */
export function openTraceLog(folder: string, { journals, random, now }: TraceLogEffects): TraceLog {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let segment: Segment | undefined;
  const full: Segment[] = [];
  const nextNumber = new Map<string, number>();
  let syncing: Promise<void> | undefined;
  let syncError: unknown;

  /** The names of the records of one decision, with the first number for which all of them are free. */
  function reserve(records: readonly NamedRecord[], taken: Set<string>): string[] {
    const [first] = records;
    for (let n = nextNumber.get(first!.name) ?? 1;; n++) {
      const names = records.map(({ name }) => numberedPath(name, n));
      const isTaken = (name: string, at: number) =>
        taken.has(name) || !(records[at]!.isUnique && n === 1 || journals.isFree(`${folder}/${name}`));
      if (names.some(isTaken)) continue;
      for (const name of names) taken.add(name);
      // Without the cache, a repeated decision would check all its earlier files each time.
      if (nextNumber.size >= MAX_REMEMBERED) nextNumber.clear();
      nextNumber.set(first!.name, n + 1);
      return names;
    }
  }

  /** Name the records of a batch; a decision with a name that the disk refuses fails alone. */
  function reserveAll(batch: readonly Waiting[], taken: Set<string>): Named[] {
    return batch.flatMap((waited) => {
      try {
        return [{ ...waited, names: reserve(waited.records, taken) }];
      } catch (error) {
        waited.failed(error);
        return [];
      }
    });
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const taken = new Set<string>();
      const named = reserveAll(batch, taken);
      const groups = groupsOf(batch);
      if (named.length > 0) await write(named, groups, taken);
      for (const { ended, extended } of groups) ended(extended);
      if (!syncing && isDue()) syncing = syncDue();
      if (full.length > MAX_FULL) await syncing;
    }
    flushing = undefined;
  }

  async function write(named: readonly Named[], groups: readonly Group[], taken: Set<string>): Promise<void> {
    let placed: readonly Placement[];
    try {
      placed = await commit(named, groups);
    } catch (error) {
      await abandonSegment();
      // Their numbers are free again, because a gap would look like a removed trace.
      for (const { records } of named) nextNumber.delete(records[0]!.name);
      for (const { failed } of named) failed(error);
      return;
    }
    const held = segment!;
    let at = 0;
    for (const one of named) {
      await release(one, held, taken, placed.slice(at, at += one.records.length));
    }
    if (segment && isFull(segment)) closeSegment();
  }

  /** @returns what became of the files of all decisions */
  async function commit(batch: readonly Named[], groups: readonly Group[]): Promise<readonly Placement[]> {
    segment ??= {
      journal: await journals.create(`${folder}/${JOURNAL_FOLDER}/${hex(random(8))}.jsonl`),
      paths: [],
      begunAt: now(),
      size: 0,
      fullAt: 0,
    };
    const lines = journalLines(batch.map(({ names }) => names));
    const files = batch.flatMap(({ records, names }) =>
      records.map(({ content }, at) => ({ path: `${folder}/${names[at]}`, content }))
    );
    // Nothing else could be done while the journal of a lone decision is synced, and on a busy disk a new file waits as
    // long as an fsync does. A file without its line in the journal is that of a decision which was never returned.
    const extending = await extensionsOf(groups, batch);
    const extensions = extending.map(({ extension }) => extension);
    const early = batch.length === 1;
    const { grown, placed, extended } = await segment.journal.appendAndPlace(lines, files, {
      early,
      extensions,
    });
    segment.size += grown;
    for (const [at, { group }] of extending.entries()) group.extended = extended[at]!;
    return placed;
  }

  /** @param placed what became of its files */
  async function release(
    { records, names, released, failed }: Named,
    held: Segment,
    taken: Set<string>,
    placed: readonly Placement[],
  ): Promise<void> {
    try {
      for (const [at, record] of records.entries()) {
        const placement = placed[at]!;
        if (typeof placement === "object") throw placement.error;
        for (
          let isPlaced = placement;
          !isPlaced;
          isPlaced = journals.place(`${folder}/${names[at]}`, record.content)
        ) {
          // Another process took the name. The journal must have the new name before the file is created.
          const [other] = reserve([{ ...record, isUnique: false }], taken);
          const line = renamingLine(names[at]!, other!);
          held.size += line.length;
          await held.journal.append(line).catch((error) => {
            // It has the other records of this batch, so it is kept; the next batch gets a new journal.
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

  function isFull({ size, begunAt }: Segment): boolean {
    return size >= SEGMENT_BYTES || now() - begunAt >= SYNC_AFTER;
  }

  function closeSegment(): void {
    if (segment) full.push({ ...segment, fullAt: now() });
    segment = undefined;
  }

  /**
   * Nothing may follow a line that may be torn, so the next batch gets a new journal. A journal without released
   * records is discarded, because on a full disk every batch would otherwise leave an open file.
   */
  async function abandonSegment(): Promise<void> {
    if (!segment || segment.paths.length > 0) return closeSegment();
    const { journal } = segment;
    segment = undefined;
    // The error of the batch is the one to report.
    await journal.discard().catch((error) => syncError ??= error);
  }

  /** Whether the oldest full journal waited long enough, or too many of them wait. */
  function isDue(): boolean {
    return full.length > MAX_FULL || full[0] !== undefined && now() - full[0].fullAt >= SYNC_AFTER;
  }

  async function syncDue(): Promise<void> {
    while (isDue()) await syncFirst();
    syncing = undefined;
  }

  async function syncFirst(): Promise<void> {
    const { journal, paths } = full.shift()!;
    try {
      await journals.sync(paths);
      await journal.discard();
    } catch (error) {
      // The journal stays, so no record is lost.
      syncError ??= error;
      journal.close();
    }
  }

  /** Those that are enqueued before {@linkcode flush} is called are written in one batch. */
  function enqueue(records: readonly NamedRecord[], group?: Group): Promise<string[]> {
    return new Promise((released, failed) => {
      waiting.push({ records, released, failed, ...(group ? { group } : {}) });
    });
  }

  return {
    append(records) {
      const released = enqueue(records);
      flushing ??= flush();
      return released;
    },
    async appendAll(decisions, extensionOf) {
      const { promise, resolve: ended } = Promise.withResolvers<Extended>();
      const group: Group = { decisions, extensionOf, extended: { kind: "skipped" }, ended };
      const settled = Promise.allSettled(decisions.map((records) => enqueue(records, group)));
      flushing ??= flush();
      return { extended: await promise, settled: await settled };
    },
    letGo: (path) => journals.letGo(path),
    async close() {
      await flushing;
      await syncing;
      closeSegment();
      while (full.length > 0) await syncFirst();
      if (syncError) {
        throw new GaitError(
          "io_failure",
          `Cannot sync the traces in "${folder}": ${messageOf(syncError)}`,
          {
            hint:
              `They are safe in "${folder}/${JOURNAL_FOLDER}" and restored when a gate opens this folder again`,
            cause: syncError,
          },
        );
      }
    },
  };
}
