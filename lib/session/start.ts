import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { folderOf, hasControl } from "../formats/path.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { JOURNAL_SCHEMA_ID, type SessionState } from "../schema/session_journal.ts";
import { repairDerivedFiles } from "./chain_file.ts";
import { sessionPaths } from "./paths.ts";
import { writeRecord } from "./records.ts";
import { openWhole, type SessionEffects, underLock } from "./session.ts";

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
  const sessionId = checkId("session id", ids.sessionId);
  const runId = checkId("run id", ids.runId);
  const paths = sessionPaths(journal);
  await effects.files.makeFolder(folderOf(paths.journal));
  return await underLock(paths, effects, version, async (operation) => {
    const { now } = operation;
    if (await effects.files.stat(paths.journal) === undefined) {
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
      if (await effects.files.stat(paths.state)) await effects.files.remove(paths.state);
      await effects.files.writeAtomic(paths.journal, utf8(writeRecord("header", header) + "\n"));
    }
    const session = await openWhole(operation);
    const { session_id, run_id } = session.state;
    if (session_id !== sessionId || run_id !== runId) {
      throw invalidInput(
        `Cannot start: journal "${journal}" belongs to session "${session_id}", run "${run_id}"`,
      );
    }
    await repairDerivedFiles(operation, session);
    return session.state;
  });
}

/** Check and trim an id. It is written to lines and logs, so control characters are refused. */
function checkId(what: string, given: string): string {
  const id = given.trim();
  if (id === "") throw invalidInput(`Cannot start a session: the ${what} is empty`);
  if (hasControl(id)) throw invalidInput(`Cannot start a session: the ${what} holds control characters`);
  return id;
}
