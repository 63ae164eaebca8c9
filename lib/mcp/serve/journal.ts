import type { Effects } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { hasControl } from "../../formats/path.ts";
import { trimChars } from "../../formats/trim.ts";
import { agentChain } from "../../gate/trace/relationship.ts";
import { POLICY_ID, POLICY_VERSION } from "../../gate/trace/record.ts";
import { checkpointSession } from "../../session/checkpoint.ts";
import { sessionPaths } from "../../session/paths.ts";
import { type JournalRecord, MAX_JOURNAL_LINE, readRecord } from "../../session/records.ts";
import type { Appended } from "../../session/append.ts";
import type { Sealing } from "../../session/event_batch.ts";
import { openSessionWriter } from "../../session/writer.ts";
import type { SessionWriter, TraceRecords } from "../../session/writer_types.ts";
import type { Hasher } from "../../signing/mod.ts";
import type { DecidedCall } from "../decided_call.ts";
import { keyedQueue } from "../../gate/keyed_queue.ts";

/** Effects for journaling. */
export type JournalEffects = Pick<Effects, "files" | "env" | "now" | "after" | "random" | "os" | "arch">;

/** The session to find a journal for. */
export interface JournalOptions {
  readonly sessionId: string;
  /** The identity of the caller's token, whose session it is; absent where tokens say nothing about that. */
  readonly owner: string | undefined;
  readonly runId: string;
  readonly folder: string;
  /** Path of the journal that the client chose. */
  readonly chosen: string | undefined;
}

/** The interval of checkpoints in events, and their folder. */
export interface CheckpointSchedule {
  readonly interval: number;
  readonly folder: string | undefined;
}

/** The journal of one session, for one call. */
export interface SessionJournal {
  readonly sessionId: string;
  /**
   * Append a decision, and seal a checkpoint when one is due.
   *
   * @returns lines for the warnings of the answer
   */
  record(decided: DecidedCall, tracePath: string, due: CheckpointSchedule): Promise<string[]>;
  /** The same, after writing the trace, which has a unique name. */
  recordTraced(decided: DecidedCall, traceName: string, due: CheckpointSchedule): Promise<RecordedTraced>;
}

/** Where a trace was written, and lines for the warnings of the answer. */
export interface RecordedTraced {
  readonly trace: string;
  readonly warnings: string[];
}

/** The journals of one server. */
export interface Journals {
  /**
   * Find the journal of a session before anything is decided, so that an unusable journal is an error before the
   * decision and not after it (docs/spec/mcp.md 6.4), and use it.
   *
   * @throws {GaitError} `invalid_input` when the client chose the journal of another session or run
   */
  use<T>(options: JournalOptions, call: (journal: SessionJournal) => Promise<T>): Promise<T>;
  /** Bring the files of all sessions up to date. */
  close(): Promise<void>;
}

/** How many sessions stay open that no call uses. */
const MAX_OPEN = 256;

/** A journal that is open, and how many calls use it. */
interface Held {
  readonly sessionId: string;
  readonly owner: string | undefined;
  readonly runId: string;
  readonly path: string;
  /** Base name of the files of the session. */
  readonly base: string;
  readonly writer: SessionWriter;
  users: number;
}

/** Make the journals of a server: one that is open belongs to its session and run, even before its file exists. */
export function makeJournals(
  effects: JournalEffects,
  hash: Hasher,
  version: string,
  records: TraceRecords,
): Journals {
  const { files } = effects;
  const open = new Map<string, Held>();
  const planning = keyedQueue();

  async function find({ sessionId, owner, runId, folder, chosen }: JournalOptions): Promise<Held> {
    const base = baseOf(sessionId, owner);
    const isOf = (found: Pick<Held, "sessionId" | "runId">) =>
      found.sessionId === sessionId && found.runId === runId;
    const take = async (path: string, named: string): Promise<Held | undefined> => {
      const held = await heldAt(path);
      if (held) return isOf(held) && held.owner === owner ? used(held) : undefined;
      const begun = await ownerOf(path, files);
      if (begun && !isOf(begun)) return undefined;
      // The name of a journal that the server chose says whose it is.
      if (begun && owner !== undefined && chosen !== undefined && await callerOf(path, files) !== owner) {
        return undefined;
      }
      const writer = openSessionWriter(path, { sessionId, runId }, { ...effects, hash }, version, {
        cutsTornTail: true,
        records,
      });
      return used({ sessionId, owner, runId, path, base: named, writer, users: 0 });
    };
    if (chosen !== undefined) {
      const held = await take(chosen, base);
      if (held) return held;
      throw invalidInput(`Cannot use session_journal "${chosen}": it belongs to another session or run`);
    }
    // A second run of a session gets its own journal, and its own names for checkpoints.
    const runBase = `${base}_${runId}`;
    const held = await take(`${folder}/${base}.journal.jsonl`, base) ??
      await take(`${folder}/${runBase}.journal.jsonl`, runBase);
    if (held) return held;
    throw invalidInput(
      `Cannot use a journal for session "${sessionId}": "${runBase}" belongs to another one`,
    );
  }

  /** An open journal, unless nobody uses it and its file was removed. */
  async function heldAt(path: string): Promise<Held | undefined> {
    const held = open.get(path);
    if (!held || held.users > 0 || await files.stat(path) !== undefined) return held;
    await held.writer.close();
    open.delete(path);
    return undefined;
  }

  /** Count a user; the journals that were used last are kept open. */
  function used(held: Held): Held {
    held.users++;
    open.delete(held.path);
    open.set(held.path, held);
    return held;
  }

  async function closeSurplus(): Promise<void> {
    for (const [path, { users, writer }] of open) {
      if (open.size <= MAX_OPEN) return;
      if (users > 0) continue;
      open.delete(path);
      await writer.close();
    }
  }

  return {
    async use(options, call) {
      if (hasControl(options.sessionId)) {
        throw invalidInput("Cannot use a session id with control characters");
      }
      // One at a time, so that two runs can't both find that a journal is free.
      const held = await planning("plan", () => find(options));
      try {
        return await call({
          sessionId: held.sessionId,
          record: (decided, tracePath, due) => record(held, decided, tracePath, due),
          recordTraced: (decided, traceName, due) => recordTraced(held, decided, traceName, due),
        });
      } finally {
        held.users--;
        if (open.size > MAX_OPEN) await planning("plan", closeSurplus);
      }
    },
    async close() {
      for (const { writer } of open.values()) await writer.close();
    },
  };

  async function record(
    held: Held,
    decided: DecidedCall,
    tracePath: string,
    due: CheckpointSchedule,
  ): Promise<string[]> {
    return linesOf(held, await held.writer.append(eventOf(decided, tracePath), sealingOf(held, due)));
  }

  async function recordTraced(
    held: Held,
    decided: DecidedCall,
    traceName: string,
    due: CheckpointSchedule,
  ): Promise<RecordedTraced> {
    const appended = await held.writer.appendTraced(
      { decision: decided.decision, traceName },
      (tracePath) => eventOf(decided, tracePath),
      sealingOf(held, due),
    );
    return { trace: appended.tracePath, warnings: linesOf(held, appended) };
  }

  function linesOf({ path }: Held, { event, warnings }: Appended): string[] {
    return [`session_journal=${path} sequence=${event.sequence}`, ...warnings];
  }

  function sealingOf({ path, base }: Held, { interval, folder }: CheckpointSchedule): Sealing | undefined {
    if (interval <= 0 || folder === undefined) return undefined;
    return { every: interval, seal: (sequence) => seal(path, `${folder}/${base}`, sequence) };
  }

  async function seal(journal: string, stem: string, sequence: number): Promise<string[]> {
    const out = `${stem}_cp_${String(sequence).padStart(6, "0")}.zip`;
    try {
      const { chainPath } = await checkpointSession(journal, { out }, effects, version);
      return [`session_checkpoint=${out} chain=${chainPath}`];
    } catch (error) {
      // The decision is already in the journal; the next checkpoint will seal its event.
      if (!(error instanceof GaitError)) throw error;
      return [`session_checkpoint_error=${error.message}`];
    }
  }
}

/**
 * The base name of the files of a session. Each identity has sessions of its own: whoever names the session of another
 * writes into no journal of that one, and does not learn that there is such a session (docs/threat_model.md 43).
 */
function baseOf(sessionId: string, owner: string | undefined): string {
  const base = trimChars(sessionId.replace(/[/\\ :]/g, "_"), (unit) => unit === "." || unit === "_") ||
    "session";
  return owner === undefined ? base : `${base}@${encodeURIComponent(owner)}`;
}

async function ownerOf(
  path: string,
  files: JournalEffects["files"],
): Promise<{ sessionId: string; runId: string } | undefined> {
  const [record] = await firstRecords(path, 1, files);
  if (record === undefined) return undefined;
  if (record.kind === "header") return { sessionId: record.header.session_id, runId: record.header.run_id };
  throw invalidInput(`Cannot use journal "${path}": it does not begin with a header`);
}

/** Who made the first call of a journal; nothing where there is none. */
async function callerOf(path: string, files: JournalEffects["files"]): Promise<string | undefined> {
  const [, record] = await firstRecords(path, 2, files);
  if (record?.kind !== "event") return undefined;
  return record.event.relationship?.edges?.find(({ kind }) => kind === "calls")?.from?.id;
}

async function firstRecords(
  path: string,
  count: number,
  files: JournalEffects["files"],
): Promise<JournalRecord[]> {
  const { journal } = sessionPaths(path);
  if (await files.stat(journal) === undefined) return [];
  const records: JournalRecord[] = [];
  for (const line of files.readLines(journal, MAX_JOURNAL_LINE)) {
    records.push(readRecord(line.bytes, `journal "${path}"`));
    if (records.length === count) break;
  }
  if (records.length > 0) return records;
  throw invalidInput(`Cannot use journal "${path}": it does not begin with a header`);
}

function eventOf({ decision, prepared, matchedRuleIds }: DecidedCall, tracePath: string) {
  const { intent, outcome } = decision;
  const { identity } = intent.context;
  return {
    toolName: intent.toolName,
    verdict: outcome.verdict,
    intentDigest: decision.intentDigest,
    policyDigest: decision.policyDigest,
    policyId: POLICY_ID,
    policyVersion: POLICY_VERSION,
    matchedRuleIds,
    traceId: decision.traceId,
    tracePath,
    reasonCodes: outcome.reasonCodes,
    violations: outcome.violations,
    agents: agentChain(identity, intent.delegation),
    callingAgent: identity,
    safetyInvariant: prepared.found().safetyInvariant,
  };
}
