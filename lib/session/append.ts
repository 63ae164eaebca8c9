import { encodeSessionEvent, type SessionEvent, type SessionState } from "../schema/session_journal.ts";
import { bringChainUpToDate } from "./chain_file.ts";
import { type EventInput, eventWarnings, nextEvent } from "./event.ts";
import { onSession, openTail, type Position, type SessionContext, type SessionEffects } from "./session.ts";
import { saveState } from "./state.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { type Hasher, sha256 } from "../signing/mod.ts";
import { nextDigest } from "../signing/line_chain.ts";
import { MAX_JOURNAL_LINE, writeRecord } from "./records.ts";

/** The result of appending an event. */
export interface Appended {
  readonly event: SessionEvent;
  readonly warnings: readonly string[];
}

/**
 * Append one decision (docs/spec/sessions.md 4.2). The cost does not depend on the length of the journal.
 *
 * @throws {GaitError} `invalid_input` for a journal that is missing, torn or edited; `state_contention`; errors of
 * the disk, in which case nothing was appended
 */
export async function appendEvent(
  journal: string,
  input: EventInput,
  effects: SessionEffects,
  version: string,
): Promise<Appended> {
  return await onSession(journal, effects, version, async (operation) => {
    const position = await openTail(operation);
    if ("journal" in position) await bringChainUpToDate(operation, position);
    const event = nextEvent(input, position.state, operation);
    const state = await appendRecord(operation, position, "event", encodeSessionEvent(event), {
      sync: operation.lock.sync,
    });
    const unsaved = await afterwards(
      "state",
      () => saveState(effects.files, operation.paths.state, withEvent(state, event)),
    );
    return { event, warnings: [...eventWarnings(event), ...unsaved === undefined ? [] : [unsaved]] };
  });
}

/**
 * Append one record to the journal, linked to everything before it, completely or not at all. A missing final newline
 * is restored first.
 *
 * @returns the new state, which is not saved yet
 * @throws {GaitError} `invalid_input` when the record is longer than readers accept; errors of the disk
 */
export async function appendRecord(
  { effects: { files }, paths, version, now }: SessionContext,
  { state, ended }: Position,
  kind: "event" | "checkpoint",
  record: JsonObject,
  options: { readonly sync: boolean; readonly runpackDigest?: string },
): Promise<SessionState> {
  const { bytes, state: after } = await encodeAppended(
    { paths, version, now },
    { state, ended },
    kind,
    record,
    options,
  );
  await files.appendAt(paths.journal, state.journal_size_bytes, bytes, options.sync);
  return after;
}

/**
 * The bytes that append a record at a position, and the state after them.
 *
 * @throws {GaitError} `invalid_input` when the record is longer than readers accept
 */
export async function encodeAppended(
  { paths, version, now }: Pick<SessionContext, "paths" | "version" | "now">,
  { state, ended }: Position,
  kind: "event" | "checkpoint",
  record: JsonObject,
  { runpackDigest, hash = sha256 }: { readonly runpackDigest?: string; readonly hash?: Hasher },
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly state: SessionState }> {
  const line = utf8(
    writeRecord(kind, record, {
      prevDigest: state.journal_digest,
      runpackDigest,
      recovered: state.recovered ?? undefined,
    }),
  );
  if (line.length > MAX_JOURNAL_LINE) {
    throw invalidInput(`Cannot append to journal "${paths.journal}": the ${kind} is longer than 8 MiB`);
  }
  const lead = ended ? 0 : 1;
  const bytes = new Uint8Array(lead + line.length + 1);
  bytes[0] = 0x0a;
  bytes.set(line, lead);
  bytes[bytes.length - 1] = 0x0a;
  return {
    bytes,
    state: {
      ...state,
      updated_at: now,
      producer_version: version,
      journal_size_bytes: state.journal_size_bytes + bytes.length,
      tail_offset: state.journal_size_bytes + lead,
      tail_prev_digest: state.journal_digest,
      journal_digest: await nextDigest(state.journal_digest, line, hash),
      recovered: undefined,
    },
  };
}

/** The state after an event was appended. */
export function withEvent(state: SessionState, { sequence }: SessionEvent): SessionState {
  return { ...state, last_sequence: sequence, event_count: state.event_count + 1 };
}

/**
 * Run a step that only updates caches. The record is durable already, so a failure here must not look like a failed
 * append: a retry would record it twice. The next operation repeats the step.
 *
 * @returns a warning when it failed
 */
export async function afterwards(what: string, step: () => Promise<void>): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return `${what} was not written: ${error.message}`;
  }
}
