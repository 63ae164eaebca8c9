import { GaitError } from "../../../errors/mod.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import type { SessionState } from "../../../schema/session_journal.ts";
import { path, required } from "../../define.ts";
import { failure, type Outcome } from "../../outcome.ts";
import { type Line, line } from "../../text.ts";

/** The flag of every session command. */
export const journalFlag = required(path("file", "the journal of the session"));

/** Permissions that every session command needs. */
export const sessionNeeds = { read: true, write: true, env: true } as const;

/**
 * Run a session command; the JSON of its errors names the journal (docs/spec/sessions.md 4).
 *
 * @param journal path as given
 */
export async function onJournal(
  operation: string,
  journal: string,
  work: (head: JsonObject) => Promise<Outcome>,
): Promise<Outcome> {
  const head = { operation, journal: journal.trim() };
  try {
    return await work(head);
  } catch (error) {
    if (error instanceof GaitError) return failure(error, head);
    throw error;
  }
}

/** The state of a session as JSON. */
export function encodeStatus(state: SessionState): JsonObject {
  const { session_id, run_id, created_at, started_at, event_count, checkpoint_count, last_sequence } = state;
  return { session_id, run_id, created_at, started_at, event_count, checkpoint_count, last_sequence };
}

/** The state of a session for people. */
export function statusLines(operation: string, state: SessionState): Line[] {
  return [
    line(`session ${operation}: session_id=${state.session_id} run_id=${state.run_id}`),
    line(
      `events=${state.event_count} checkpoints=${state.checkpoint_count} last_sequence=${state.last_sequence}`,
    ),
  ];
}
