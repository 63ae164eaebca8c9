import * as v from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import { artifactHead, omitEmpty, strictObject, text } from "./fields.ts";

export const RUN_AUTHORIZATION_SCHEMA_ID = "gait.pack.run_authorization";

/** Kinds of evidence of a gated run. */
export const EVIDENCE_KINDS = [
  "trace",
  "approval_token",
  "approval_audit",
  "delegation_token",
  "delegation_audit",
  "credential_evidence",
  "policy",
] as const;

/** The kind of a piece of evidence. */
export type EvidenceKind = typeof EVIDENCE_KINDS[number];

/**
 * What a pack says about the decisions on its run (docs/spec/pack.md 1.8). It links only; what was decided stands in
 * the evidence itself.
 */
export const runAuthorizationSchema = strictObject({
  ...artifactHead,
  run_id: text,
  session_id: text,
  policies: v.array(strictObject({ policy_digest: text, path: text })),
  calls: v.array(strictObject({ intent_id: text, trace_path: text })),
  evidence: v.array(strictObject({ kind: v.picklist(EVIDENCE_KINDS), path: text, sha256: text })),
});

export type RunAuthorization = v.InferOutput<typeof runAuthorizationSchema>;

/** The written form. */
export function encodeRunAuthorization(given: RunAuthorization): JsonObject {
  return omitEmpty(
    { ...given, policies: given.policies.map((policy) => omitEmpty(policy, "path")) },
    "session_id",
  );
}
