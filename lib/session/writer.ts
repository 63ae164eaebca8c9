import type { Appender } from "../effects/mod.ts";
import { concat } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import { timeOfMillis } from "../formats/time.ts";
import type { NamedDecision } from "../gate/open.ts";
import type { SessionState } from "../schema/session_journal.ts";
import type { Appended } from "./append.ts";
import { bringChainUpToDate } from "./chain_file.ts";
import { encodeBatch, type EncodedBatch, isDue, type Taken, type Waiting } from "./event_batch.ts";
import { LaggingState, versionOf } from "./lagging_state.ts";
import { lockTurns } from "./lock_turns.ts";
import { sessionPaths } from "./paths.ts";
import { cutTornTail } from "./recover.ts";
import { openTail, type Position, type SessionContext, underLock } from "./session.ts";
import { checkIds, refuseOther, type StartOptions, startUnderLock } from "./start.ts";
import { failWithTrace, writeWithTraces } from "./traced_batch.ts";
import type { SessionWriter, WriterEffects, WriterOptions } from "./writer_types.ts";

/** How long the lock is held for the next event, in milliseconds: a busy client answers within this time. */
const LINGER = 2;

/** How many batches are written under one lock. */
const MAX_BATCHES = 8;

/** How the writing under one lock ended. */
interface Held {
  /** The last event that was appended, if it is to be sealed now. */
  readonly due?: Taken;
  /** How long the lock is to be free now, in milliseconds. */
  readonly gap: number;
}

/**
 * Open a writer. Nothing is read or written before the first event.
 *
 * Group commit: the events that wait at one moment are appended together, with one fsync. A few batches that follow each
 * other closely share a lock; it is free between them and when no event comes, so that other processes may append. The
 * journal is read again only when somebody else changed it; the state file, which is a cache, may lag behind it for a
 * moment.
 */
export function openSessionWriter(
  journal: string,
  ids: StartOptions,
  effects: WriterEffects,
  version: string,
  { cutsTornTail = false, records }: WriterOptions = {},
): SessionWriter {
  const paths = sessionPaths(journal);
  const checked = checkIds(ids);
  const { files } = effects;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  /** The state after the last batch, and the version of the journal then. */
  let known: { readonly state: SessionState; readonly version: string | undefined } | undefined;
  let started = false;
  const stateFile = new LaggingState(paths, effects, flushSoon);
  const gapAfter = lockTurns();
  /** Taken from those that wait, and not answered yet. */
  let batch: readonly Waiting[] = [];
  let wake = () => {};
  let closing = false;
  /** Warnings for the next event that is acknowledged. */
  let recovered: readonly string[] = [];

  async function flush(): Promise<void> {
    while (waiting.length > 0 || stateFile.isDue) {
      let held: Held = { gap: 0 };
      try {
        if (!started) await files.makeFolder(folderOf(paths.journal));
        held = await underLock(paths, effects, version, writeBatches);
      } catch (error) {
        // What the journal holds is unknown: the next batch reads it.
        known = undefined;
        stateFile.isDue = false;
        const failing = batch.length > 0 ? batch : waiting;
        if (failing === waiting) waiting = [];
        batch = [];
        for (const waited of failing) void failWithTrace(waited, error, records);
      }
      if (held.due) await seal(held.due);
      const { gap } = held;
      if (gap > 0) await new Promise<void>((resolve) => effects.after(gap, resolve));
    }
    flushing = undefined;
  }

  /**
   * Write batch after batch under one lock, as long as events keep coming: taking the lock and opening the journal costs
   * more than writing to it.
   */
  async function writeBatches(operation: SessionContext): Promise<Held> {
    const journalFile = files.openAppender(paths.journal);
    const begun = effects.now();
    try {
      for (let batches = 1;; batches++) {
        // Taken under the lock: what comes while another process holds it is part of the batch.
        batch = waiting;
        waiting = [];
        const taken = await write({ ...operation, now: timeOfMillis(effects.now()) }, journalFile, batch);
        batch = [];
        for (const one of taken) if (!isDue(one)) acknowledge(one);
        const due = taken.at(-1);
        if (due && isDue(due)) return { due, gap: 0 };
        if (batches === MAX_BATCHES) return { gap: gapAfter(effects.now() - begun) };
        if (waiting.length === 0 && !stateFile.isDue && !closing) await lull();
        if (waiting.length === 0 && !stateFile.isDue) return { gap: 0 };
      }
    } finally {
      await stateFile.saved();
      journalFile.close();
      records?.letGo(paths.journal);
    }
  }

  /** Wait until something is to be written, or for {@linkcode LINGER}. */
  function lull(): Promise<void> {
    return new Promise((resolve) => {
      const stop = effects.after(LINGER, resolve);
      wake = () => {
        stop();
        resolve();
      };
    });
  }

  function flushSoon(): void {
    wake();
    flushing ??= flush();
  }

  /** @returns the events that were appended; whatever is behind one that is to be sealed waits again */
  async function write(
    operation: SessionContext,
    journalFile: Appender,
    batch: readonly Waiting[],
  ): Promise<readonly Taken[]> {
    if (batch.some(({ decision }) => decision)) return await writeTraced(operation, batch);
    const ours = await isOurs();
    if (batch.length === 0 && !ours) {
      stateFile.isDue = false;
      await stateFile.leave();
      return [];
    }
    // A journal that somebody else changed may be another file.
    if (!ours) journalFile.close();
    const begin = ours ? { state: known!.state, ended: true } : await findPosition(operation);
    const encoded = await encodeBatch(operation, begin, batch, effects);
    let version: string | undefined;
    if (encoded.lines.length > 0) {
      const { journal_size_bytes: size } = begin.state;
      version = await journalFile.append(size, concat(encoded.lines), operation.lock.sync);
    }
    return await behind(encoded, version ?? await versionOf(files, paths.journal));
  }

  /** Write a batch with its traces; events of which the traces alone could be written are written by {@linkcode write}. */
  async function writeTraced(
    operation: SessionContext,
    batch: readonly Waiting[],
  ): Promise<readonly Taken[]> {
    const begin = known?.version !== undefined
      ? { ...known, ended: true }
      : { ...await findPosition(operation), version: await versionOf(files, paths.journal) };
    const written = await writeWithTraces(operation, begin, batch, records!, effects);
    if (written.kind !== "appended") {
      if (written.kind === "changed") known = undefined;
      waiting = [...written.left, ...waiting];
      return [];
    }
    return await behind(written.encoded, written.version);
  }

  /** INVARIANT: nothing here may fail, for the events are in the journal. */
  async function behind({ state, taken, rest }: EncodedBatch, version: string | undefined) {
    waiting = [...rest, ...waiting];
    known = { state, version };
    if (taken.length > 0) stateFile.changed(state);
    await stateFile.follow(state);
    return taken;
  }

  /** The end of a journal that is new here, or that somebody else changed. */
  async function findPosition(operation: SessionContext): Promise<Position> {
    await stateFile.leave();
    if (!cutsTornTail) return await openPosition(operation);
    try {
      return await openPosition(operation);
    } catch (error) {
      const kept = await cutTornTail(operation, error);
      recovered = [...recovered, `the torn end of journal "${paths.journal}" is kept in ${kept}`];
      return await openPosition(operation);
    }
  }

  async function openPosition(operation: SessionContext): Promise<Position> {
    if (!started || await files.stat(paths.journal) === undefined) {
      const session = await startUnderLock(operation, checked);
      started = true;
      await stateFile.look();
      return session;
    }
    const position = await openTail(operation);
    refuseOther(journal, checked, position.state);
    if ("journal" in position) await bringChainUpToDate(operation, position);
    await stateFile.look();
    return position;
  }

  async function isOurs(): Promise<boolean> {
    return known?.version !== undefined && await versionOf(files, paths.journal) === known.version;
  }

  function acknowledge(
    { waited, appended: { event, warnings } }: Taken,
    sealed: readonly string[] = [],
  ): void {
    waited.appended({ event, warnings: [...warnings, ...recovered, ...stateFile.takeWarnings(), ...sealed] });
    recovered = [];
  }

  /**
   * INVARIANT: a seal covers the events up to the one that it is due behind, so no batch is written meanwhile. It takes the
   * lock itself.
   */
  async function seal(taken: Taken): Promise<void> {
    try {
      acknowledge(taken, await taken.waited.sealing!.seal(taken.appended.event.sequence));
    } catch (error) {
      taken.waited.failed(error);
    }
  }

  function wait(
    event: Omit<Waiting, "decision" | "tracePath" | "isOver">,
    decision?: NamedDecision,
  ): Waiting {
    const waited: Waiting = { ...event, decision, tracePath: "", isOver: false };
    waiting.push(waited);
    flushSoon();
    return waited;
  }

  return {
    append: (input, sealing) =>
      new Promise((appended, failed) => wait({ inputOf: () => input, sealing, appended, failed })),
    appendTraced: (decision, inputOf, sealing) =>
      new Promise((resolve, failed) => {
        const appended = (event: Appended) => resolve({ ...event, tracePath: waited.tracePath });
        const waited = wait({ inputOf, sealing, appended, failed }, decision);
      }),
    async close() {
      closing = true;
      wake();
      await flushing;
      stateFile.stop();
      if (stateFile.isDue) await (flushing ??= flush());
    },
  };
}
