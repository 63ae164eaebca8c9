import { GaitError, invalidInput } from "../errors/mod.ts";
import type { FileLine } from "../effects/types.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { encodeRecovery, type Recovery, RECOVERY_SCHEMA_ID } from "../schema/session_journal.ts";
import { sha256 } from "../signing/mod.ts";
import { bringChainUpToDate } from "./chain_file.ts";
import { beforeAll, type Fold, takeLine } from "./fold.ts";
import { type Journal, journalSize, noteRecovery } from "./read_journal.ts";
import { trimLine } from "../signing/line_chain.ts";
import { lineHasher, MAX_JOURNAL_LINE } from "./records.ts";
import { onSession, type SessionContext, type SessionEffects } from "./session.ts";
import { loadState, saveState, stateOf } from "./state.ts";

/** The result of a recovery. */
export interface Recovered {
  /** Whether the journal was intact. */
  readonly whole: boolean;
  readonly recovery: Recovery;
}

/**
 * Truncate a journal after its last complete line, after a crash. The removed bytes are kept in `<journal>.torn-<n>`,
 * the recovery is listed in `<journal>.recoveries.jsonl`, and the next record of the journal refers to it. A journal
 * that is damaged anywhere but at its end is not changed.
 *
 * @throws {GaitError} `invalid_input` when lines in the middle are bad, or were changed since the state was written
 */
export async function recoverSession(
  journal: string,
  effects: SessionEffects,
  version: string,
): Promise<Recovered> {
  return await onSession(journal, effects, version, (operation) => recoverUnderLock(operation));
}

/**
 * Cut the torn tail that a process left which died while it appended, for a server that goes on with the session: its
 * restart must not leave every call of the session refused. The bytes are kept and the recovery is recorded as in
 * {@linkcode recoverSession}, under the lock that the caller holds.
 *
 * INVARIANT: only what was never acknowledged is cut. A journal that lacks an event which the state file knows is left to
 * a person, with the error that was found.
 *
 * @param found the error of whoever read the journal; thrown unless the last line is torn
 * @returns the path of the bytes that were cut
 */
export async function cutTornTail(operation: SessionContext, found: unknown): Promise<string> {
  if (!(found instanceof GaitError) || found.detail !== "torn_tail") throw found;
  const { recovery } = await recoverUnderLock(operation, { lacking: found });
  return recovery.kept_as;
}

async function recoverUnderLock(
  operation: SessionContext,
  { lacking }: { /** Thrown when events are gone that the state knew. */ readonly lacking?: GaitError } = {},
): Promise<Recovered> {
  const { effects, paths, version } = operation;
  const found = await loadState(effects.files, paths.state);
  const known = found.kind === "ours" ? found.state : undefined;
  const { good, seen } = await readToTear(operation, known?.journal_digest);
  const size = await journalSize(effects.files, paths.journal);
  const torn = await effects.files.readPart(paths.journal, good.size, size - good.size);
  const knew = known ? Math.max(known.last_sequence, known.last_checkpoint_sequence) : 0;
  const lost = seen || !known ? 0 : Math.max(0, knew - (good.expected - 1));
  if (known && !seen && lost === 0) {
    throw invalidInput(
      `Cannot recover journal "${paths.journal}": lines were changed since it was last written`,
      {
        detail: "journal_edited",
        hint: "Only the end of a journal can be cut off; compare it with a copy",
      },
    );
  }
  if (lost > 0 && lacking) throw lacking;
  const recovery: Recovery = {
    schema_id: RECOVERY_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: operation.now,
    producer_version: version,
    cut_offset: good.size,
    cut_bytes: torn.length,
    cut_digest: await sha256(torn),
    kept_as: "",
    last_sequence: good.lastSequence,
    lost_sequences: lost,
  };
  if (torn.length === 0 && lost === 0) return { whole: true, recovery };
  const noted = { ...recovery, kept_as: torn.length === 0 ? "" : await keep(operation, torn) };
  await noteRecovery(effects.files, paths, noted);
  if (torn.length > 0) await effects.files.truncate(paths.journal, good.size);
  await bringChainUpToDate(operation, {
    journal: good,
    unknownCheckpoint: known !== undefined && good.checkpoints.length > known.checkpoint_count,
  });
  await saveState(
    effects.files,
    paths.state,
    stateOf(good, { now: operation.now, version, recovered: encodeRecovery(noted) }),
  );
  return { whole: false, recovery: noted };
}

/** Read the journal up to its first invalid line, which must be the last one. */
async function readToTear(
  { effects: { files }, paths }: SessionContext,
  knownDigest: string | undefined,
): Promise<{ readonly good: Journal; readonly seen: boolean }> {
  const what = `journal "${paths.journal}"`;
  const hash = await lineHasher(await journalSize(files, paths.journal));
  let fold: Fold = beforeAll();
  let seen = false;
  let bad: { readonly line: FileLine; readonly error: GaitError } | undefined;
  for (const line of files.readLines(paths.journal, MAX_JOURNAL_LINE)) {
    if (bad) {
      if (trimLine(line.bytes).length > 0) throw bad.error;
      continue;
    }
    try {
      ({ fold } = await takeLine(fold, line, what, hash));
      seen ||= fold.digest === knownDigest;
    } catch (error) {
      if (!(error instanceof GaitError) || error.detail === "journal_edited") throw error;
      bad = { line, error };
    }
  }
  const { header } = fold;
  if (!header) throw bad?.error ?? invalidInput(`Cannot recover ${what}: it has no header`);
  return { good: { ...fold, header }, seen };
}

/** Save the removed bytes in the first free `<journal>.torn-<n>`. */
async function keep({ effects: { files }, paths }: SessionContext, torn: Uint8Array): Promise<string> {
  for (let n = 1;; n++) {
    const path = `${paths.journal}.torn-${n}`;
    if (await files.stat(path)) continue;
    await files.writeAtomic(path, torn, { onlyNew: true });
    return path;
  }
}
