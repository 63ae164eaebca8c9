import type { SessionState } from "../../schema/session_journal.ts";
import { settle } from "./chain_file.ts";
import { onSession, openWhole, type SessionWorld } from "./session.ts";
import { countRecoveries } from "./recoveries.ts";

/** Where a session stands. */
export interface Status {
  readonly state: SessionState;
  /** How often the end of the journal was cut off. */
  readonly recoveries: number;
}

/**
 * Read and check the whole journal, and bring state and chain up to date (spec/sessions.md 4.3).
 *
 * @throws {GaitError} `invalid_input` for a journal that is missing, torn or edited; `state_contention`
 */
export async function sessionStatus(journal: string, world: SessionWorld, version: string): Promise<Status> {
  return await onSession(journal, world, version, async (operation) => {
    const session = await openWhole(operation);
    await settle(operation, session);
    return { state: session.state, recoveries: await countRecoveries(world.files, operation.paths) };
  });
}
