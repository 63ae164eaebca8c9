import type { SessionState } from "../schema/session_journal.ts";
import { sha256 } from "../signing/mod.ts";
import { nextDigest, trimLine } from "../signing/line_chain.ts";
import { type JournalRecord, readRecord } from "./records.ts";

const NEWLINE = 0x0a;

/**
 * The state of a journal to which events were appended after the state was written, as a writer does that stays open.
 *
 * @param known a state that agrees with the journal up to its size
 * @param added the bytes behind that
 * @returns `undefined` when they hold anything but whole events of this session that Gait linked to each other: then the
 * journal is read from its beginning, which finds out what is wrong with it, if anything is
 */
export async function caughtUp(
  known: SessionState,
  added: Uint8Array<ArrayBuffer>,
): Promise<SessionState | undefined> {
  let state = known;
  for (let start = 0; start < added.length;) {
    const end = added.indexOf(NEWLINE, start);
    if (end < 0) return undefined;
    const line = trimLine(added.subarray(start, end));
    if (line.length === 0) return undefined;
    const record = recordOf(line);
    if (record?.kind !== "event" || record.prevDigest !== state.journal_digest) return undefined;
    const { session_id, run_id, sequence } = record.event;
    const expected = Math.max(state.last_sequence, state.last_checkpoint_sequence) + 1;
    if (session_id !== state.session_id || run_id !== state.run_id || sequence !== expected) return undefined;
    state = {
      ...state,
      event_count: state.event_count + 1,
      last_sequence: sequence,
      journal_size_bytes: known.journal_size_bytes + end + 1,
      tail_offset: known.journal_size_bytes + start,
      tail_prev_digest: state.journal_digest,
      journal_digest: await nextDigest(state.journal_digest, line, sha256),
      recovered: record.recovered ? undefined : state.recovered,
    };
    start = end + 1;
  }
  return state;
}

function recordOf(line: Uint8Array): JournalRecord | undefined {
  try {
    return readRecord(line, "journal");
  } catch {
    return undefined;
  }
}
