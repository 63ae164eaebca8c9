import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { JOURNAL_SCHEMA_ID, type SessionState } from "../schema/session_journal.ts";
import { repairDerivedFiles } from "./chain_file.ts";
import { isOfOtherKind, onSession, openWhole, otherKindText, type SessionEffects } from "./session.ts";
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
    const session = await openWhole(operation, undefined, "accept");
    const { header } = session.journal;
    // A state would let the next append pass without a look at the header.
    if (!isOfOtherKind(header)) await repairDerivedFiles(operation, session);
    const isUnusual = header.schema_id !== JOURNAL_SCHEMA_ID || header.schema_version !== RECORD_VERSION;
    return {
      state: session.state,
      recoveries: await countRecoveries(effects.files, operation.paths),
      warnings: isUnusual ? [otherKindText(header)] : [],
    };
  });
}
