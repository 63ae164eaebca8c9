import type { Files } from "../effects/types.ts";
import { prettyJson, readJsonObject, without } from "../formats/json/mod.ts";
import { isZeroTime, type Rfc3339, toUtc } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import {
  encodeSessionState,
  type JournalHeader,
  type SessionState,
  sessionStateSchema,
  STATE_SCHEMA_ID,
} from "../schema/session_journal.ts";
import { digestOf, equalHex } from "../signing/mod.ts";
import type { Journal } from "./read_journal.ts";

/** State files are small. */
const MAX_STATE_BYTES = 1 << 20;

/** The trustworthiness of the state file. */
export type KnownState =
  /** Missing, unreadable or edited: it is rebuilt. */
  | { readonly kind: "none" }
  /** Written by another implementation: used, but it contains no digest of the journal. */
  | { readonly kind: "foreign"; readonly state: SessionState }
  /** Written by Gait, with a valid digest. */
  | { readonly kind: "ours"; readonly state: SessionState };

/** Read the state file. It must have the right schema and ids, and no negative counters. */
export async function loadState(files: Files, path: string): Promise<KnownState> {
  const none: KnownState = { kind: "none" };
  try {
    if (!await files.isFile(path)) return none;
    const document = readJsonObject(await files.read(path, MAX_STATE_BYTES), {
      what: "state",
      duplicates: "refuse",
    });
    const state = decode(sessionStateSchema, document, "state");
    const counters = [
      ...[state.event_count, state.last_sequence, state.checkpoint_count, state.last_checkpoint_index],
      ...[state.last_checkpoint_sequence, state.journal_size_bytes, state.tail_offset],
    ];
    const usable = state.schema_id === STATE_SCHEMA_ID && state.schema_version === RECORD_VERSION &&
      state.session_id.trim() !== "" && state.run_id.trim() !== "" && counters.every((counter) =>
        counter >= 0
      );
    if (!usable) return none;
    if (!Object.hasOwn(document, "state_digest")) return { kind: "foreign", state };
    const own = await digestOf(without(document, "state_digest"));
    return equalHex(own, state.state_digest) ? { kind: "ours", state } : none;
  } catch {
    return none; // an unreadable cache is rebuilt
  }
}

/** Write the state file without fsync: its digest reveals edits and damage from a power failure. */
export async function saveState(files: Files, path: string, state: SessionState): Promise<void> {
  const { state_digest: _, ...rest } = state;
  const document = encodeSessionState(rest);
  const bytes = prettyJson({ ...document, state_digest: await digestOf(document) });
  await files.writeAtomic(path, bytes, { sync: false });
}

/** The state of a completely read journal. */
export function stateOf(
  journal: Journal,
  { now, version, recovered }: {
    readonly now: Rfc3339;
    readonly version: string;
    readonly recovered?: SessionState["recovered"];
  },
): SessionState {
  const { header } = journal;
  const last = journal.checkpoints.at(-1);
  return {
    schema_id: STATE_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    updated_at: now,
    producer_version: version,
    session_id: header.session_id,
    run_id: header.run_id,
    ...timesOf(header, now),
    event_count: journal.eventCount,
    last_sequence: journal.lastSequence,
    checkpoint_count: journal.checkpoints.length,
    last_checkpoint_index: last?.checkpoint_index ?? 0,
    last_checkpoint_sequence: last?.sequence_end ?? 0,
    last_checkpoint_digest: last?.checkpoint_digest ?? "",
    journal_size_bytes: journal.size,
    tail_offset: journal.tailOffset,
    tail_prev_digest: journal.tailPrevDigest,
    journal_digest: journal.digest,
    recovered: recovered ?? undefined,
    state_digest: "",
  };
}

/**
 * The times of a header in UTC. A missing one defaults to the other, and both default to the current time
 * (docs/spec/sessions.md 2.5, rule 3).
 */
export function timesOf(
  { created_at, started_at }: JournalHeader,
  now: Rfc3339,
): { readonly created_at: Rfc3339; readonly started_at: Rfc3339 } {
  const [created, started] = [created_at, started_at].map((time) =>
    isZeroTime(time) ? undefined : toUtc(time)
  );
  return { created_at: created ?? started ?? now, started_at: started ?? created ?? now };
}
