import { encodeSessionEvent, type SessionEvent } from "../schema/session_journal.ts";
import { afterwards, appendRecord } from "./append_record.ts";
import { bringChainUpToDate } from "./chain_file.ts";
import { type EventInput, eventWarnings, nextEvent } from "./event.ts";
import { onSession, openTail, type SessionEffects } from "./session.ts";
import { saveState } from "./state.ts";

/** What appending came to. */
export interface Appended {
  readonly event: SessionEvent;
  readonly warnings: readonly string[];
}

/**
 * Append one decision (docs/spec/sessions.md 4.2). The cost does not depend on the length of the journal.
 *
 * @throws {GaitError} `invalid_input` for a journal that is missing, torn or edited; `state_contention`; what the disk
 * says, and then nothing was appended
 */
export async function appendEvent(
  journal: string,
  input: EventInput,
  world: SessionEffects,
  version: string,
): Promise<Appended> {
  return await onSession(journal, world, version, async (operation) => {
    const position = await openTail(operation);
    if ("journal" in position) await bringChainUpToDate(operation, position);
    const event = nextEvent(input, position.state, operation);
    const state = await appendRecord(operation, position, "event", encodeSessionEvent(event), {
      sync: operation.lock.sync,
    });
    const unsaved = await afterwards("state", () =>
      saveState(world.files, operation.paths.state, {
        ...state,
        last_sequence: event.sequence,
        event_count: state.event_count + 1,
      }));
    return { event, warnings: [...eventWarnings(event), ...unsaved === undefined ? [] : [unsaved]] };
  });
}
