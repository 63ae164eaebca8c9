import * as v from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import { integer, integersIn, listOf, object, text } from "./fields.ts";
import { relationshipSchema } from "./relationship.ts";
import { signatureSchema } from "./runpack_manifest.ts";
import { encodeSessionRecord, sessionHead } from "./session_journal.ts";

export const SESSION_CHAIN_SCHEMA_ID = "gait.runpack.session_chain";
export const CHECKPOINT_SCHEMA_ID = "gait.runpack.session_checkpoint";
export const CHAIN_HEAD_SCHEMA_ID = "gait.runpack.session_chain_head";

/** The checkpoint of a range of session events (docs/spec/sessions.md 2.3). */
export const checkpointSchema = v.pipe(
  integersIn("checkpoint_index", "sequence_start", "sequence_end"),
  object({
    ...sessionHead,
    checkpoint_index: integer,
    sequence_start: integer,
    sequence_end: integer,
    runpack_path: text,
    manifest_digest: text,
    prev_checkpoint_digest: text,
    checkpoint_digest: text,
    relationship: v.nullish(relationshipSchema),
    safety_invariant_version: text,
    safety_invariant_hash: text,
  }),
);

/** The checkpoints of a session, linked by digests (docs/spec/sessions.md section 5). */
export const sessionChainSchema = object({
  ...sessionHead,
  checkpoints: listOf(checkpointSchema),
});

/**
 * What stands beside a chain file: how many checkpoints it has, and the digest of its bytes. Other implementations
 * don't know it, and the chain file itself is what they expect.
 */
export const chainHeadSchema = v.pipe(
  integersIn("checkpoint_count", "last_sequence"),
  object({
    ...sessionHead,
    checkpoint_count: integer,
    last_sequence: integer,
    last_checkpoint_digest: text,
    chain_digest: text,
    runpacks: listOf(
      v.pipe(integersIn("checkpoint_index"), object({ checkpoint_index: integer, runpack_digest: text })),
    ),
    signatures: listOf(signatureSchema),
  }),
);

export type Checkpoint = v.InferOutput<typeof checkpointSchema>;
export type SessionChain = v.InferOutput<typeof sessionChainSchema>;
export type ChainHead = v.InferOutput<typeof chainHeadSchema>;

/** The written form of a checkpoint, members in the order of docs/spec/sessions.md 2.3. */
export function encodeCheckpoint(checkpoint: Checkpoint): JsonObject {
  return encodeSessionRecord(checkpoint, "prev_checkpoint_digest");
}
