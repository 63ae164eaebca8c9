import * as v from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import {
  anyObject,
  artifactHead,
  integer,
  integersIn,
  object,
  omitEmpty,
  text,
  texts,
  time,
} from "./fields.ts";
import { encodeRelationship, type Relationship, relationshipSchema } from "./relationship.ts";

export const JOURNAL_SCHEMA_ID = "gait.runpack.session_journal";
export const EVENT_SCHEMA_ID = "gait.runpack.session_event";
export const STATE_SCHEMA_ID = "gait.runpack.session_state";
export const LOCK_SCHEMA_ID = "gait.runpack.session_lock";
export const RECOVERY_SCHEMA_ID = "gait.runpack.session_recovery";

/** The members that records of a session begin with (docs/spec/sessions.md section 2). */
export const sessionHead = {
  ...artifactHead,
  session_id: text,
  run_id: text,
};

/** The first record of a journal (docs/spec/sessions.md 2.1); `events` is not used and not read. */
export const journalHeaderSchema = object({
  ...sessionHead,
  started_at: time,
});

/** One decision of a session (docs/spec/sessions.md 2.2). */
export const sessionEventSchema = v.pipe(
  integersIn("sequence"),
  object({
    ...sessionHead,
    sequence: integer,
    intent_id: text,
    tool_name: text,
    intent_digest: text,
    policy_digest: text,
    policy_id: text,
    policy_version: text,
    matched_rule_ids: texts,
    trace_id: text,
    trace_path: text,
    verdict: text,
    reason_codes: texts,
    violations: texts,
    relationship: v.nullish(relationshipSchema),
    safety_invariant_version: text,
    safety_invariant_hash: text,
  }),
);

/** One line of a journal. The members besides the record are specific to Gait; other implementations ignore them. */
export const journalLineSchema = object({
  record_type: text,
  header: anyObject,
  event: anyObject,
  checkpoint: anyObject,
  /** Running digest of all lines before this one. */
  prev_digest: text,
  /** For a checkpoint: digest of the bytes of its runpack. */
  runpack_digest: text,
  /** For the first record after a recovery: what was removed. */
  recovered: anyObject,
});

/** The cached state of a journal (docs/spec/sessions.md 2.6); the last three members are specific to Gait. */
export const sessionStateSchema = v.pipe(
  integersIn(
    ...["event_count", "last_sequence", "checkpoint_count", "last_checkpoint_index"],
    ...["last_checkpoint_sequence", "journal_size_bytes", "tail_offset"],
  ),
  object({
    schema_id: text,
    schema_version: text,
    updated_at: time,
    producer_version: text,
    session_id: text,
    run_id: text,
    created_at: time,
    started_at: time,
    event_count: integer,
    last_sequence: integer,
    checkpoint_count: integer,
    last_checkpoint_index: integer,
    last_checkpoint_sequence: integer,
    last_checkpoint_digest: text,
    journal_size_bytes: integer,
    /** Where the last line begins. */
    tail_offset: integer,
    /** Running digest of all lines before the last one. */
    tail_prev_digest: text,
    /** Running digest of all lines. */
    journal_digest: text,
    /** What a recovery removed, until the next record of the journal contains it. */
    recovered: anyObject,
    /** Digest of this document without this member. */
    state_digest: text,
  }),
);

/** A recovery of a torn journal, with the location of the removed bytes. */
export const recoverySchema = v.pipe(
  integersIn("cut_offset", "cut_bytes", "last_sequence", "lost_sequences"),
  object({
    ...artifactHead,
    cut_offset: integer,
    cut_bytes: integer,
    /** Digest of the removed bytes; of the empty text if whole lines had vanished. */
    cut_digest: text,
    /** The file with these bytes. */
    kept_as: text,
    last_sequence: integer,
    /** Number of events in the state that are missing from the journal. */
    lost_sequences: integer,
  }),
);

export type JournalHeader = v.InferOutput<typeof journalHeaderSchema>;
export type SessionEvent = v.InferOutput<typeof sessionEventSchema>;
export type SessionState = v.InferOutput<typeof sessionStateSchema>;
export type Recovery = v.InferOutput<typeof recoverySchema>;

/** The written form of an event, members in the order of docs/spec/sessions.md 2.2. */
export function encodeSessionEvent(event: SessionEvent): JsonObject {
  return encodeSessionRecord(
    event,
    ...["intent_id", "tool_name", "intent_digest", "policy_digest", "policy_id", "policy_version"],
    ...["matched_rule_ids", "trace_id", "trace_path", "verdict", "reason_codes", "violations"],
  );
}

/** The written form of a state, without its own digest. */
export function encodeSessionState(state: Omit<SessionState, "state_digest">): JsonObject {
  return omitEmpty(state, "last_checkpoint_digest", "recovered");
}

/** The written form of a recovery. */
export function encodeRecovery(recovery: Recovery): JsonObject {
  return omitEmpty(recovery, "kept_as", "lost_sequences");
}

/** The last members of events and checkpoints of a session. */
interface SessionRecord {
  readonly relationship?: Relationship | null | undefined;
  readonly safety_invariant_version: string;
  readonly safety_invariant_hash: string;
}

/**
 * The written form of an event or a checkpoint: its own members, the relationship, the invariants (docs/spec/sessions.md
 * 2.2, 2.3).
 *
 * @param optional members of its own that are left out when they are empty
 */
export function encodeSessionRecord(record: SessionRecord, ...optional: string[]): JsonObject {
  const { relationship, safety_invariant_version, safety_invariant_hash, ...own } = record;
  return omitEmpty(
    {
      ...own,
      relationship: relationship ? encodeRelationship(relationship) : undefined,
      safety_invariant_version,
      safety_invariant_hash,
    },
    ...optional,
    "safety_invariant_version",
    "safety_invariant_hash",
  );
}
