import * as v from "valibot";
import { object, text, texts, time } from "./fields.ts";
import { signatureSchema } from "./runpack_manifest.ts";

export const DELEGATION_TOKEN_SCHEMA_ID = "gait.gate.delegation_token";

/** One agent's signed leave for another to act in its name (docs/spec/tokens.md section 4). */
export const delegationTokenSchema = object({
  schema_id: text,
  schema_version: text,
  created_at: time,
  producer_version: text,
  token_id: text,
  delegator_identity: text,
  delegate_identity: text,
  scope: texts,
  scope_class: text,
  intent_digest: text,
  policy_digest: text,
  expires_at: time,
  signature: v.nullish(signatureSchema),
});
