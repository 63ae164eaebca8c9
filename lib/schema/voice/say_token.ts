import * as v from "valibot";
import { artifactHead, integer, integersIn, object, text, time } from "../fields.ts";
import { signatureSchema } from "../runpack_manifest.ts";

const members = {
  ...artifactHead,
  token_id: text,
  commitment_class: text,
  intent_digest: text,
  policy_digest: text,
  call_id: text,
  turn_index: integer,
  call_seq: integer,
  currency: text,
  quote_min_cents: integer,
  quote_max_cents: integer,
  refund_ceiling_cents: integer,
  expires_at: time,
  signature: v.nullish(signatureSchema),
};

/** A short-lived permission to speak one binding sentence (docs/spec/voice.md 3.1). */
export const sayTokenSchema = v.pipe(
  integersIn("turn_index", "call_seq", "quote_min_cents", "quote_max_cents", "refund_ceiling_cents"),
  object(members),
);

/** Members of a token; no signature covers others. */
export const SAY_TOKEN_FIELDS: ReadonlySet<string> = new Set(Object.keys(members));

export type SayTokenFile = v.InferOutput<typeof sayTokenSchema>;
