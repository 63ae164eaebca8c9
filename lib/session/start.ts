import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { folderOf, hasControl } from "../formats/path.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { JOURNAL_SCHEMA_ID, type SessionState } from "../schema/session_journal.ts";
import { repairDerivedFiles } from "./chain_file.ts";
import { sessionPaths } from "./paths.ts";
import { writeRecord } from "./records.ts";
import {
  openWhole,
  type SessionContext,
  type SessionEffects,
  underLock,
  type WholeSession,
} from "./session.ts";

/** What a session is called. */
export interface StartOptions {
  readonly sessionId: string;
  readonly runId: string;
}

/**
 * Start a session, or return the existing one (docs/spec/sessions.md 4.1).
 *
 * @throws {GaitError} `invalid_input` when an id is missing or the journal belongs to another session or run
 */
export async function startSession(
  journal: string,
  ids: StartOptions,
  effects: SessionEffects,
  version: string,
): Promise<SessionState> {
  const checked = checkIds(ids);
  const paths = sessionPaths(journal);
  await effects.files.makeFolder(folderOf(paths.journal));
  return await underLock(
    paths,
    effects,
    version,
    async (operation) => (await startUnderLock(operation, checked)).state,
  );
}

/**
 * Check and trim the ids of a session.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkIds(ids: StartOptions): StartOptions {
  return { sessionId: checkId("session id", ids.sessionId), runId: checkId("run id", ids.runId) };
}

/** {@linkcode startSession} for a caller that holds the lock and has checked the ids; the folder exists. */
export async function startUnderLock(
  operation: SessionContext,
  { sessionId, runId }: StartOptions,
): Promise<WholeSession> {
  const { effects: { files }, paths, now, version } = operation;
  if (await files.stat(paths.journal) === undefined) {
    const header = {
      schema_id: JOURNAL_SCHEMA_ID,
      schema_version: RECORD_VERSION,
      created_at: now,
      producer_version: version,
      session_id: sessionId,
      run_id: runId,
      started_at: now,
      events: [],
    };
    // A state without a journal belongs to one that was removed.
    if (await files.stat(paths.state)) await files.remove(paths.state);
    await files.writeAtomic(paths.journal, utf8(writeRecord("header", header) + "\n"));
  }
  const session = await openWhole(operation);
  refuseOther(paths.journal, { sessionId, runId }, session.state);
  await repairDerivedFiles(operation, session);
  return session;
}

/**
 * Refuse the journal of another session or run.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseOther(
  journal: string,
  { sessionId, runId }: StartOptions,
  { session_id, run_id }: Pick<SessionState, "session_id" | "run_id">,
): void {
  if (session_id === sessionId && run_id === runId) return;
  throw invalidInput(
    `Cannot start: journal "${journal}" belongs to session "${session_id}", run "${run_id}"`,
  );
}

/** Check and trim an id. It is written to lines and logs, so control characters are refused. */
function checkId(what: string, given: string): string {
  const id = given.trim();
  if (id === "") throw invalidInput(`Cannot start a session: the ${what} is empty`);
  if (hasControl(id)) throw invalidInput(`Cannot start a session: the ${what} holds control characters`);
  return id;
}
