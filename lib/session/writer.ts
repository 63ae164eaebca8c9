import type { Effects } from "../effects/mod.ts";
import { concat } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import { encodeSessionEvent, type SessionState } from "../schema/session_journal.ts";
import type { Hasher } from "../signing/mod.ts";
import { afterwards, type Appended, encodeAppended, withEvent } from "./append.ts";
import { bringChainUpToDate } from "./chain_file.ts";
import { type EventInput, eventWarnings, nextEvent } from "./event.ts";
import { sessionPaths } from "./paths.ts";
import { openTail, type Position, type SessionContext, type SessionEffects, underLock } from "./session.ts";
import { checkIds, refuseOther, type StartOptions, startUnderLock } from "./start.ts";
import { saveState } from "./state.ts";

/** How long the state file may be older than the journal, in milliseconds. */
const STATE_LAG = 50;

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

/**
 * Open a writer. Nothing is read or written before the first event.
 *
 * Group commit: the events that wait at one moment are appended together, under one lock and with one fsync. Between
 * batches the lock is free, so that other processes may append. The journal is read again only when somebody else
 * changed it; the state file, which is a cache, may lag behind it for a moment.
 */
export function openSessionWriter(
  journal: string,
  ids: StartOptions,
  effects: WriterEffects,
  version: string,
): SessionWriter {
  const paths = sessionPaths(journal);
  const checked = checkIds(ids);
  const { files } = effects;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  /** The state after the last batch, and what the journal was like then. */
  let known: { readonly state: SessionState; readonly version: string | undefined } | undefined;
  let started = false;
  /** The state that the state file lacks. */
  let unsaved: SessionState | undefined;
  /** What the state file was like when it was looked at last. */
  let savedVersion: string | undefined;
  let saveIsDue = false;
  let stopTimer: (() => void) | undefined;
  let notSaved: string | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0 || saveIsDue) {
      let batch: readonly Waiting[] = [];
      const take = () => {
        batch = waiting;
        waiting = [];
        return batch;
      };
      try {
        if (!started) await files.makeFolder(folderOf(paths.journal));
        // Taken under the lock: what comes while another process holds it is part of the batch.
        const taken = await underLock(paths, effects, version, (operation) => write(operation, take()));
        for (const one of taken) await release(one);
      } catch (error) {
        // What the journal holds is unknown: the next batch reads it.
        known = undefined;
        saveIsDue = false;
        for (const { failed } of batch.length > 0 ? batch : take()) failed(error);
      }
    }
    flushing = undefined;
  }

  /** @returns the events that were appended; whatever is behind one that is to be sealed waits again */
  async function write(operation: SessionContext, batch: readonly Waiting[]): Promise<readonly Taken[]> {
    if (batch.length === 0 && !await isOurs()) {
      saveIsDue = false;
      await leaveState(operation);
      return [];
    }
    const begin = await positionOf(operation);
    const { taken, lines, state, rest } = await encode(operation, begin, batch);
    if (lines.length > 0) {
      await files.appendAt(paths.journal, begin.state.journal_size_bytes, concat(lines), operation.lock.sync);
      unsaved = state;
    }
    // INVARIANT: nothing below may fail, for the events are in the journal.
    waiting = [...rest, ...waiting];
    known = { state, version: await versionOf(files, paths.journal) };
    if (saveIsDue) await save(operation, state);
    else if (unsaved) stopTimer ??= effects.after(STATE_LAG, saveSoon);
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

  /** The end of the journal, from memory when nobody else touched it. */
  async function positionOf(operation: SessionContext): Promise<Position> {
    if (await isOurs()) return { state: known!.state, ended: true };
    await leaveState(operation);
    if (!started || await files.stat(paths.journal) === undefined) {
      const session = await startUnderLock(operation, checked);
      started = true;
      savedVersion = await versionOf(files, paths.state);
      return session;
    }
    const position = await openTail(operation);
    refuseOther(journal, checked, position.state);
    if ("journal" in position) await bringChainUpToDate(operation, position);
    savedVersion = await versionOf(files, paths.state);
    return position;
  }

  /**
   * Somebody else changed the journal. Whoever does so with Gait writes the state as well. Otherwise the state file gets
   * what this writer knows first, so that events that are gone are noticed, by every reader and until somebody deals with
   * that.
   */
  async function leaveState(operation: SessionContext): Promise<void> {
    const state = unsaved;
    unsaved = undefined;
    if (state === undefined || await versionOf(files, paths.state) !== savedVersion) return;
    if (await files.stat(paths.journal) !== undefined) await save(operation, state);
  }

  async function isOurs(): Promise<boolean> {
    return known?.version !== undefined && await versionOf(files, paths.journal) === known.version;
  }

  async function release(taken: Taken): Promise<void> {
    const { waited, appended: { event, warnings } } = taken;
    const unsaved = notSaved === undefined ? [] : [notSaved];
    notSaved = undefined;
    try {
      // INVARIANT: a seal covers the events up to the one that it is due behind, so no batch is written meanwhile.
      const sealed = isDue(taken) ? await waited.sealing!.seal(event.sequence) : [];
      waited.appended({ event, warnings: [...warnings, ...unsaved, ...sealed] });
    } catch (error) {
      waited.failed(error);
    }
  }

  async function save(operation: SessionContext, state: SessionState): Promise<void> {
    saveIsDue = false;
    stopTimer?.();
    stopTimer = undefined;
    notSaved = await afterwards("state", () => saveState(files, operation.paths.state, state));
    unsaved = undefined;
    savedVersion = await versionOf(files, paths.state);
  }

  function saveSoon(): void {
    stopTimer = undefined;
    saveIsDue = true;
    flushing ??= flush();
  }

  return {
    append: (input, sealing) =>
      new Promise((appended, failed) => {
        waiting.push({ input, sealing, appended, failed });
        flushing ??= flush();
      }),
    async close() {
      await flushing;
      stopTimer?.();
      stopTimer = undefined;
      if (!unsaved) return;
      saveIsDue = true;
      flushing ??= flush();
      await flushing;
    },
  };
}

function isDue({ waited: { sealing }, appended: { event } }: Taken): boolean {
  return sealing !== undefined && sealing.every > 0 && event.sequence % sealing.every === 0;
}

/** What a file is like; `undefined` when that can't be told, so that it is read again. */
async function versionOf(files: SessionEffects["files"], path: string): Promise<string | undefined> {
  try {
    return (await files.stat(path))?.version;
  } catch {
    return undefined;
  }
}
