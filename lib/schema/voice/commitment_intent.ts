import * as v from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";
import {
  artifactHead,
  integer,
  integersIn,
  object,
  omitEmpty,
  strictObject,
  text,
  texts,
} from "../fields.ts";

const context = {
  identity: text,
  workspace: text,
  risk_class: text,
  session_id: text,
  request_id: text,
  environment_fingerprint: text,
};

const members = {
  ...artifactHead,
  call_id: text,
  turn_index: integer,
  call_seq: integer,
  commitment_class: text,
  utterance_digest: text,
  currency: text,
  quote_min_cents: integer,
  quote_max_cents: integer,
  refund_ceiling_cents: integer,
  approval_required: v.nullish(v.boolean(), false),
  approval_artifact_refs: texts,
  evidence_reference_digests: texts,
};

const integers = integersIn(
  "turn_index",
  "call_seq",
  "quote_min_cents",
  "quote_max_cents",
  "refund_ceiling_cents",
);

/**
 * A commitment that an agent intends to make, as a separate file: unknown members are dropped (docs/spec/voice.md
 * section 2).
 */
export const commitmentIntentSchema = v.pipe(
  integers,
  object({ ...members, context: v.nullish(object(context), {}) }),
);

/** A commitment inside of a call record or pack, where it is evidence: unknown members are refused. */
export const strictCommitmentSchema = v.pipe(
  integers,
  strictObject({ ...members, context: v.nullish(strictObject(context), {}) }),
);

export type CommitmentIntent = v.InferOutput<typeof commitmentIntentSchema>;

/** The written form. */
export function encodeCommitment(commitment: CommitmentIntent): JsonObject {
  return omitEmpty(
    {
      ...commitment,
      context: omitEmpty(commitment.context, "session_id", "request_id", "environment_fingerprint"),
    },
    "utterance_digest",
    "currency",
    "quote_min_cents",
    "quote_max_cents",
    "refund_ceiling_cents",
    "approval_required",
    "approval_artifact_refs",
    "evidence_reference_digests",
  );
}

/** Members of a commitment. */
export const COMMITMENT_FIELDS: ReadonlySet<string> = new Set([...Object.keys(members), "context"]);

/** Members of its context. */
export const COMMITMENT_CONTEXT_FIELDS: ReadonlySet<string> = new Set(Object.keys(context));
