import { invalidInput } from "../errors/mod.ts";
import type { Effects } from "../effects/mod.ts";
import { type Rfc3339, timeOfMillis } from "../formats/time.ts";
import { JOURNAL_SCHEMA_ID, type JournalHeader, type SessionState } from "../schema/session_journal.ts";
import { sha256 } from "../signing/mod.ts";
import { caughtUp } from "./catch_up.ts";
import { type LockSettings, lockSettings, withJournalLock } from "./lock.ts";
import { type SessionPaths, sessionPaths } from "./paths.ts";
import { type Journal, journalSize, readJournal } from "./read_journal.ts";
import { nextDigest, trimLine } from "../signing/line_chain.ts";
import { MAX_JOURNAL_LINE, readRecord } from "./records.ts";
import type { JournalRecord } from "./records.ts";
import type { Fold } from "./fold.ts";
import { loadState, saveState, stateOf } from "./state.ts";
import { pathArgument } from "../formats/shell.ts";

/** The effects that session operations need. */
export type SessionEffects = Pick<Effects, "files" | "env" | "now" | "random">;

/** One operation on a session, while holding its lock. */
export interface SessionContext {
  readonly effects: SessionEffects;
  readonly paths: SessionPaths;
  readonly lock: LockSettings;
  readonly version: string;
  readonly now: Rfc3339;
}

/** The position at which to append. */
export interface Position {
  readonly state: SessionState;
  /** Whether the journal ends with a newline. */
  readonly ended: boolean;
}

/** A session whose journal was read completely. */
export interface WholeSession extends Position {
  readonly journal: Journal;
  /** The state file is missing or differs. */
  readonly stale: boolean;
  /** The journal has a checkpoint that the state lacks: a writer died before it wrote the chain. */
  readonly unknownCheckpoint: boolean;
}

/**
 * Run an operation on an existing journal under its lock. Creates nothing if there is no journal.
 *
 * @throws {GaitError} `invalid_input` when there is no journal, `state_contention` when the lock isn't free in time
 */
export async function onSession<T>(
  journal: string,
  effects: SessionEffects,
  version: string,
  step: (operation: SessionContext) => Promise<T>,
): Promise<T> {
  const paths = sessionPaths(journal);
  await journalSize(effects.files, paths.journal);
  return await underLock(paths, effects, version, step);
}

/** Like {@linkcode onSession}, but the journal need not exist; its folder must. */
export async function underLock<T>(
  paths: SessionPaths,
  effects: SessionEffects,
  version: string,
  step: (operation: SessionContext) => Promise<T>,
): Promise<T> {
  const lock = lockSettings(effects.env);
  return await withJournalLock(
    effects.files,
    paths.journal,
    lock,
    effects.random,
    () => step({ effects, paths, lock, version, now: timeOfMillis(effects.now()) }),
  );
}

/**
 * Find the append position from the state file and the last line that it knows, at constant cost. The state is used only
 * if its own digest holds and it matches the offset, the content and the running digest of that line; otherwise the whole
 * journal is read. Events behind that line are taken in, because a writer that stays open saves the state now and then.
 *
 * @throws {GaitError} as {@linkcode openWhole} does
 */
export async function openTail(operation: SessionContext): Promise<Position | WholeSession> {
  const { effects: { files }, paths } = operation;
  const known = await loadState(files, paths.state);
  const state = known.kind === "ours" ? known.state : undefined;
  const size = await journalSize(files, paths.journal);
  const length = state ? size - state.tail_offset : 0;
  if (state && size >= state.journal_size_bytes && length > 0 && length <= MAX_JOURNAL_LINE) {
    const tail = await files.readPart(paths.journal, state.tail_offset, length);
    const seen = tail.subarray(0, state.journal_size_bytes - state.tail_offset);
    const added = tail.subarray(seen.length);
    const line = trimLine(seen);
    const ended = seen.at(-1) === 0x0a;
    const digest = await nextDigest(state.tail_prev_digest, line, sha256);
    if (digest === state.journal_digest && agrees(readRecord(line, "journal"), state)) {
      if (added.length === 0) return { state, ended };
      const current = ended ? await caughtUp(state, added) : undefined;
      if (current) return { state: current, ended: true };
    }
  }
  return await openWhole(operation);
}

/** Whether the last record matches the counters of a state. */
function agrees(record: JournalRecord, state: SessionState): boolean {
  switch (record.kind) {
    case "event":
      return record.event.sequence === state.last_sequence && isOf(record.event, state) &&
        record.event.sequence > state.last_checkpoint_sequence;
    case "checkpoint":
      return record.checkpoint.checkpoint_index === state.last_checkpoint_index &&
        isOf(record.checkpoint, state) &&
        record.checkpoint.checkpoint_digest === state.last_checkpoint_digest &&
        record.checkpoint.sequence_end === state.last_checkpoint_sequence &&
        state.last_sequence <= state.last_checkpoint_sequence;
    case "header":
      return isOf(record.header, state) && state.last_sequence === 0 && state.last_checkpoint_sequence === 0;
  }
}

interface Ids {
  readonly session_id: string;
  readonly run_id: string;
}

function isOf(record: Ids, state: Ids): boolean {
  return record.session_id === state.session_id && record.run_id === state.run_id;
}

/**
 * Read the whole journal and compare it with the state file. A missing, edited or outdated state is rebuilt. A
 * journal that lacks lines which an intact state recorded was edited or truncated, and is refused.
 *
 * @throws {GaitError} `invalid_input`; `error_detail` is `journal_edited` or `journal_cut` in the last case
 */
export async function openWhole(
  { effects: { files }, paths, now, version }: SessionContext,
  visit: (record: JournalRecord, fold: Fold) => void | Promise<void> = () => {},
  otherKind: "refuse" | "accept" = "refuse",
): Promise<WholeSession> {
  const found = await loadState(files, paths.state);
  const known = found.kind === "ours" ? found.state : undefined;
  let seen = known === undefined;
  let checkpointsSeen = 0;
  let recovered = known?.recovered;
  const journal = await readJournal(files, paths.journal, (record, fold) => {
    if (seen && record.recovered) recovered = undefined; // a writer died after recording it
    if (!seen && fold.digest === known!.journal_digest) {
      seen = true;
      checkpointsSeen = fold.checkpoints.length;
    }
    return visit(record, fold);
  });
  if (otherKind === "refuse" && isOfOtherKind(journal.header)) {
    throw invalidInput(`Cannot use journal "${paths.journal}": ${otherKindText(journal.header)}`, {
      detail: "journal_other_kind",
      hint: "gait run session status shows it; begin another journal to go on",
    });
  }
  if (!seen) throw contradiction(paths.journal, journal, known!, paths.state);
  const state = stateOf(journal, { now, version, recovered });
  return {
    journal,
    state,
    ended: journal.ended,
    stale: found.kind === "none" || !sameState(found.state, state, found.kind),
    unknownCheckpoint: known !== undefined && journal.checkpoints.length > checkpointsSeen,
  };
}

/**
 * Whether a journal is of something else, whose members may mean something else. A header without an id is accepted,
 * since other programs do so.
 */
export function isOfOtherKind({ schema_id: id, schema_version: release }: JournalHeader): boolean {
  return (id !== "" && id !== JOURNAL_SCHEMA_ID) || (release !== "" && !release.startsWith("1."));
}

/** What is unusual about a header. */
export function otherKindText({ schema_id: id, schema_version: release }: JournalHeader): string {
  return `the header is of "${id}" ${release}, not of "${JOURNAL_SCHEMA_ID}"`;
}

/** Whether two states are equal; for a state of another implementation, in the members that it has. */
function sameState(left: SessionState, right: SessionState, kind: "ours" | "foreign"): boolean {
  const comparable = (state: SessionState) => {
    const { updated_at: _u, producer_version: _p, state_digest: _s, ...rest } = state;
    if (kind === "ours") return JSON.stringify(rest);
    const { tail_offset: _o, tail_prev_digest: _t, journal_digest: _j, recovered: _r, ...counters } = rest;
    return JSON.stringify(counters);
  };
  return comparable(left) === comparable(right);
}

function contradiction(path: string, journal: Journal, known: SessionState, statePath: string) {
  const cut = journal.expected - 1 < Math.max(known.last_sequence, known.last_checkpoint_sequence);
  const reason = cut
    ? `it ends at sequence ${journal.expected - 1}, but held ${known.last_sequence} when it was last written`
    : "lines that were there when it was last written are gone or were changed";
  return invalidInput(`Cannot use journal "${path}": ${reason}`, {
    detail: cut ? "journal_cut" : "journal_edited",
    hint: cut
      ? `After a crash: gait run session recover --journal ${pathArgument(path)}`
      : `If you put an older journal back on purpose, remove "${statePath}"`,
  });
}

/** Save the state if the file differs. */
export async function refreshState(operation: SessionContext, session: WholeSession): Promise<void> {
  if (session.stale) await saveState(operation.effects.files, operation.paths.state, session.state);
}
