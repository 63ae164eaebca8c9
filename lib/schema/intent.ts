import * as v from "valibot";
import { anyObject, object, texts, time } from "./fields.ts";
import {
  CONTEXT_EVIDENCE_MODES,
  DISCOVERY_METHODS,
  ENDPOINT_CLASSES,
  MAX_STEPS,
  PHASES,
  PROVENANCE_SOURCES,
  TARGET_KINDS,
} from "./intent_words.ts";
import { relationshipSchema } from "./relationship.ts";

/*
 * The form in which an intent request should be written (docs/spec/gate.md section 2), for JSON Schema and for the types of
 * programs. The gate reads by hand (lib/gate/intent) and takes a little more: blanks around texts, other case.
 */

const some = v.pipe(v.string(), v.regex(/\S/, "expected a text that is not blank"));
const any = v.nullish(v.string());
const flag = v.nullish(v.boolean());
const digest = v.nullish(v.pipe(v.string(), v.regex(/^(?:[a-fA-F0-9]{64})?$/, "expected 64 hex digits")));

export const targetSchema = object({
  kind: v.picklist(TARGET_KINDS),
  value: some,
  operation: any,
  sensitivity: any,
  endpoint_class: v.nullish(v.picklist(ENDPOINT_CLASSES)),
  endpoint_domain: any,
  destructive: flag,
  discovery_method: v.nullish(v.picklist(DISCOVERY_METHODS)),
  read_only_hint: flag,
  destructive_hint: flag,
  idempotent_hint: flag,
  open_world_hint: flag,
});

export const provenanceSchema = object({
  arg_path: some,
  source: v.picklist(PROVENANCE_SOURCES),
  source_ref: any,
  integrity_digest: digest,
});

const call = {
  args: anyObject,
  targets: v.nullish(v.array(targetSchema)),
  arg_provenance: v.nullish(v.array(provenanceSchema)),
};

const delegationLinkSchema = object({
  delegator_identity: some,
  delegate_identity: some,
  scope_class: any,
  token_ref: any,
  issued_at: time,
  expires_at: time,
});

/** What an agent sends to the gate before it acts. */
export const intentRequestSchema = object({
  schema_id: any,
  schema_version: any,
  created_at: time,
  producer_version: any,
  tool_name: any,
  ...call,
  script: v.nullish(object({
    steps: v.pipe(v.array(object({ tool_name: some, ...call })), v.minLength(1), v.maxLength(MAX_STEPS)),
  })),
  skill_provenance: v.nullish(object({
    skill_name: some,
    skill_version: any,
    source: some,
    publisher: some,
    digest,
    signature_key_id: any,
  })),
  delegation: v.nullish(object({
    requester_identity: some,
    scope_class: any,
    token_refs: texts,
    chain: v.nullish(v.array(delegationLinkSchema)),
    issued_at: time,
    expires_at: time,
  })),
  relationship: v.nullish(relationshipSchema),
  context: object({
    identity: some,
    workspace: some,
    risk_class: some,
    phase: v.nullish(v.picklist(PHASES)),
    job_id: any,
    session_id: any,
    request_id: any,
    auth_context: anyObject,
    credential_scopes: texts,
    context_refs: texts,
    environment_fingerprint: any,
    context_set_digest: digest,
    context_evidence_mode: v.nullish(v.picklist(CONTEXT_EVIDENCE_MODES)),
  }),
});

/** An intent request as a program may write it: a literal with an unknown member does not compile. */
export interface IntentRequest extends v.InferInput<typeof intentRequestSchema> {}
