import {
  CHAIN_HEAD_SCHEMA_ID,
  chainHeadSchema,
  CHECKPOINT_SCHEMA_ID,
  checkpointSchema,
  SESSION_CHAIN_SCHEMA_ID,
  sessionChainSchema,
} from "../session_chain.ts";
import {
  EVENT_SCHEMA_ID,
  JOURNAL_SCHEMA_ID,
  journalHeaderSchema,
  RECOVERY_SCHEMA_ID,
  recoverySchema,
  sessionEventSchema,
  sessionStateSchema,
  STATE_SCHEMA_ID,
} from "../session_journal.ts";
import { type Published, RELATIONSHIP } from "./published.ts";

const EVENT = [
  ...["intent_id", "tool_name", "intent_digest", "policy_digest", "trace_id", "trace_path", "verdict"],
  ...["reason_codes", "violations"],
];

const INVARIANT = ["safety_invariant_version", "safety_invariant_hash"];

/** Schemas of sessions: journals, state, chains. */
export const PUBLISHED_SESSION: readonly Published[] = [
  {
    file: "runpack/session_header.schema.json",
    title: "gait.runpack.session_journal 1.0.0, the header of a journal",
    schemaId: JOURNAL_SCHEMA_ID,
    schema: journalHeaderSchema,
    side: "writes",
  },
  {
    file: "runpack/session_event.schema.json",
    title: "gait.runpack.session_event 1.0.0",
    schemaId: EVENT_SCHEMA_ID,
    schema: sessionEventSchema,
    side: "writes",
    optional: [...EVENT, ...INVARIANT, ...RELATIONSHIP],
  },
  {
    file: "runpack/session_checkpoint.schema.json",
    title: "gait.runpack.session_checkpoint 1.0.0",
    schemaId: CHECKPOINT_SCHEMA_ID,
    schema: checkpointSchema,
    side: "writes",
    optional: ["prev_checkpoint_digest", ...INVARIANT, ...RELATIONSHIP],
  },
  {
    file: "runpack/session_chain.schema.json",
    title: "gait.runpack.session_chain 1.0.0",
    schemaId: SESSION_CHAIN_SCHEMA_ID,
    schema: sessionChainSchema,
    side: "writes",
    optional: ["prev_checkpoint_digest", ...INVARIANT, ...RELATIONSHIP],
  },
  {
    file: "runpack/session_chain_head.schema.json",
    title: "gait.runpack.session_chain_head 1.0.0",
    schemaId: CHAIN_HEAD_SCHEMA_ID,
    schema: chainHeadSchema,
    side: "writes",
    optional: ["signatures"],
  },
  {
    file: "runpack/session_state.schema.json",
    title: "gait.runpack.session_state 1.0.0",
    schemaId: STATE_SCHEMA_ID,
    schema: sessionStateSchema,
    side: "writes",
    optional: [
      ...["last_checkpoint_digest", "tail_offset", "tail_prev_digest", "journal_digest"],
      ...["recovered", "state_digest"],
    ],
  },
  {
    file: "runpack/session_recovery.schema.json",
    title: "gait.runpack.session_recovery 1.0.0",
    schemaId: RECOVERY_SCHEMA_ID,
    schema: recoverySchema,
    side: "writes",
    optional: ["kept_as", "lost_sequences"],
  },
];
