import type { Appender, Effects } from "../effects/mod.ts";
import { concat } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import { timeOfMillis } from "../formats/time.ts";
import { encodeSessionEvent, type SessionState } from "../schema/session_journal.ts";
import type { Hasher } from "../signing/mod.ts";
import { type Appended, encodeAppended, withEvent } from "./append.ts";
import { bringChainUpToDate } from "./chain_file.ts";
import { type EventInput, eventWarnings, nextEvent } from "./event.ts";
import { LaggingState, versionOf } from "./lagging_state.ts";
import { lockTurns } from "./lock_turns.ts";
import { sessionPaths } from "./paths.ts";
import { cutTornTail } from "./recover.ts";
import { openTail, type Position, type SessionContext, type SessionEffects, underLock } from "./session.ts";
import { checkIds, refuseOther, type StartOptions, startUnderLock } from "./start.ts";

/** How long the lock is held for the next event, in milliseconds: a busy client answers within this time. */
const LINGER = 2;

/** How many batches are written under one lock. */
const MAX_BATCHES = 8;

/** Effects for a writer. */
export interface WriterEffects extends SessionEffects {
  readonly after: Effects["after"];
  /** For the running digest. */
  readonly hash: Hasher;
}

/** Appends to the journal of one session for a long time. */
export interface SessionWriter {
  /**
   * Append a decision, starting the session if there is none. The promise resolves when the event is durable.
   *
   * @param sealing when to seal the session
   * @throws {GaitError} as {@linkcode startSession} and {@linkcode appendEvent} do; nothing was appended then
   */
  append(input: EventInput, sealing?: Sealing): Promise<Appended>;
  /** Wait for what was accepted, and bring the state file up to date. */
  close(): Promise<void>;
}

/** How a writer treats what others left. */
export interface WriterOptions {
  /**
   * Cut the torn tail of a process that died while it appended, keeping the bytes (docs/spec/sessions.md 4.8), and say so
   * in the warnings of the next event. Otherwise every event is refused until somebody recovers the journal.
   */
  readonly cutsTornTail?: boolean;
}

/** When a session is sealed: behind each event whose sequence is a multiple of `every`, before the next one. */
export interface Sealing {
  readonly every: number;
  /** @returns warnings */
  readonly seal: (sequence: number) => Promise<readonly string[]>;
}

interface Waiting {
  readonly input: EventInput;
  readonly sealing: Sealing | undefined;
  readonly appended: (appended: Appended) => void;
  readonly failed: (error: unknown) => void;
}

/** An event of a batch, and who waits for it. */
interface Taken {
  readonly waited: Waiting;
  readonly appended: Appended;
}

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
  { cutsTornTail = false }: WriterOptions = {},
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
        for (const { failed } of failing) failed(error);
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
      journalFile.close();
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
    const ours = await isOurs();
    if (batch.length === 0 && !ours) {
      stateFile.isDue = false;
      await stateFile.leave();
      return [];
    }
    // A journal that somebody else changed may be another file.
    if (!ours) journalFile.close();
    const begin = ours ? { state: known!.state, ended: true } : await findPosition(operation);
    const { taken, lines, state, rest } = await encode(operation, begin, batch);
    let journalVersion: string | undefined;
    if (lines.length > 0) {
      const { journal_size_bytes: size } = begin.state;
      journalVersion = await journalFile.append(size, concat(lines), operation.lock.sync);
      stateFile.changed(state);
    }
    // INVARIANT: nothing below may fail, for the events are in the journal.
    waiting = [...rest, ...waiting];
    known = { state, version: journalVersion ?? await versionOf(files, paths.journal) };
    await stateFile.follow(state);
    return taken;
  }

  /** Encode events one behind the other, up to one that is to be sealed. */
  async function encode(operation: SessionContext, begin: Position, batch: readonly Waiting[]) {
    let position = begin;
    const lines: Uint8Array[] = [];
    const taken: Taken[] = [];
    for (const [at, waited] of batch.entries()) {
      try {
        const event = nextEvent(waited.input, position.state, operation);
        const record = encodeSessionEvent(event);
        const { bytes, state } = await encodeAppended(operation, position, "event", record, effects);
        position = { state: withEvent(state, event), ended: true };
        lines.push(bytes);
        taken.push({ waited, appended: { event, warnings: eventWarnings(event) } });
      } catch (error) {
        waited.failed(error);
        continue;
      }
      if (isDue(taken.at(-1)!)) return { taken, lines, state: position.state, rest: batch.slice(at + 1) };
    }
    return { taken, lines, state: position.state, rest: [] };
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

  return {
    append: (input, sealing) =>
      new Promise((appended, failed) => {
        waiting.push({ input, sealing, appended, failed });
        flushSoon();
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

function isDue({ waited: { sealing }, appended: { event } }: Taken): boolean {
  return sealing !== undefined && sealing.every > 0 && event.sequence % sealing.every === 0;
}
