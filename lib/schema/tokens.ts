import * as v from "valibot";
import { artifactHead, integer, integersIn, object, text, texts, time } from "./fields.ts";
import { signatureSchema } from "./runpack_manifest.ts";

export const APPROVAL_TOKEN_SCHEMA_ID = "gait.gate.approval_token";

/** A person's signed permission for one call under one policy (docs/spec/tokens.md section 2). */
export const approvalTokenSchema = v.pipe(
  integersIn("max_targets", "max_ops"),
  object({
    ...artifactHead,
    token_id: text,
    approver_identity: text,
    reason_code: text,
    intent_digest: text,
    policy_digest: text,
    delegation_binding_digest: text,
    scope: texts,
    max_targets: integer,
    max_ops: integer,
    expires_at: time,
    signature: v.nullish(signatureSchema),
  }),
);

/** Members of an approval token that a writer omits if they are empty. */
export const APPROVAL_TOKEN_OPTIONAL = ["delegation_binding_digest", "max_targets", "max_ops"] as const;

export const DELEGATION_TOKEN_SCHEMA_ID = "gait.gate.delegation_token";

/** An agent's signed permission for another agent to act on its behalf (docs/spec/tokens.md section 4). */
export const delegationTokenSchema = object({
  ...artifactHead,
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

/** Members of a delegation token that a writer omits if they are empty. */
export const DELEGATION_TOKEN_OPTIONAL = ["scope_class", "intent_digest", "policy_digest"] as const;
