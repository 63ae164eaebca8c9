import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { JOURNAL_SCHEMA_ID, type SessionState } from "../schema/session_journal.ts";
import { repairDerivedFiles } from "./chain_file.ts";
import { onSession, openWhole, type SessionEffects } from "./session.ts";
import { countRecoveries } from "./read_journal.ts";

/** The status of a session. */
export interface Status {
  readonly state: SessionState;
  /** How often the journal was recovered. */
  readonly recoveries: number;
  /** Deviations that are accepted. */
  readonly warnings: readonly string[];
}

/**
 * Read and check the whole journal, and update state and chain (docs/spec/sessions.md 4.3).
 *
 * @throws {GaitError} `invalid_input` for a journal that is missing, torn or edited; `state_contention`
 */
export async function sessionStatus(
  journal: string,
  effects: SessionEffects,
  version: string,
): Promise<Status> {
  return await onSession(journal, effects, version, async (operation) => {
    const session = await openWhole(operation);
    await repairDerivedFiles(operation, session);
    const { schema_id: id, schema_version: release } = session.journal.header;
    const isForeign = id !== JOURNAL_SCHEMA_ID || release !== RECORD_VERSION;
    return {
      state: session.state,
      recoveries: await countRecoveries(effects.files, operation.paths),
      warnings: isForeign ? [`the header is of "${id}" ${release}, not of "${JOURNAL_SCHEMA_ID}"`] : [],
    };
  });
}
