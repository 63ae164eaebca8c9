import * as v from "valibot";
import { integer, integersIn, listOf, object, text, time } from "./fields.ts";

export const SESSION_CHAIN_SCHEMA_ID = "gait.runpack.session_chain";

export const checkpointSchema = v.pipe(
  integersIn("checkpoint_index", "sequence_start", "sequence_end"),
  object({
    run_id: text,
    checkpoint_index: integer,
    runpack_path: text,
    manifest_digest: text,
    sequence_start: integer,
    sequence_end: integer,
    checkpoint_digest: text,
    prev_checkpoint_digest: text,
  }),
);

/** The checkpoints of a session, linked by digests (spec/sessions.md section 5). */
export const sessionChainSchema = object({
  schema_id: text,
  schema_version: text,
  created_at: time,
  producer_version: text,
  session_id: text,
  run_id: text,
  checkpoints: listOf(checkpointSchema),
});

export type Checkpoint = v.InferOutput<typeof checkpointSchema>;
export type SessionChain = v.InferOutput<typeof sessionChainSchema>;
