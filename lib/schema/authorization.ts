import * as v from "valibot";
import { artifactHead, integer, integersIn, strictObject, text, texts, time } from "./fields.ts";

export const BUNDLE_SCHEMA_ID = "gait.gate.authorization_bundle";

/** Possible outcomes of an authorization. */
export const OUTCOMES = ["allow", "block", "dry_run", "require_approval"] as const;

/** The pairs of path and digest that a bundle may link, by their common prefix. */
export const LINKS = [
  "trace",
  "approval_audit",
  "credential_evidence",
  "delegation_audit",
  "context_evidence",
  "outcome",
] as const;

const oneOf = (...words: string[]) => v.nullish(v.picklist(["", ...words]), "");

/** The decision about one call with linked evidence (docs/spec/pack.md, later additions). */
export const authorizationBundleSchema = strictObject({
  ...artifactHead,
  trace_id: text,
  policy_digest: text,
  intent_digest: text,
  trace_path: text,
  trace_digest: text,
  approval_audit_path: text,
  approval_audit_digest: text,
  credential_evidence_path: text,
  credential_evidence_digest: text,
  delegation_audit_path: text,
  delegation_audit_digest: text,
  context_evidence_path: text,
  context_evidence_digest: text,
  outcome_path: text,
  outcome_digest: text,
  outcome_status: text,
  freeze_window: v.nullish(strictObject({
    status: oneOf("active", "inactive", "invalid"),
    effect: oneOf("block", "require_approval"),
    timezone: text,
    evaluated_at: time,
    window_name: text,
    window_start: text,
    window_end: text,
    reason: text,
    reason_code: text,
  })),
  kill_switch: v.nullish(strictObject({
    status: oneOf("active", "inactive", "unavailable"),
    reason_code: text,
    reason_codes: texts,
    matched_entry_ids: texts,
    evaluated_at: time,
  })),
  sandbox: v.nullish(v.pipe(
    integersIn("timeout_seconds"),
    strictObject({
      status: oneOf("disallowed", "invalid", "missing", "valid"),
      network_mode: oneOf("disabled", "egress_allowlist", "full"),
      env_exposure_mode: oneOf("allowlist", "full", "none"),
      timeout_seconds: integer,
      filesystem_isolation: oneOf("container", "none", "workspace"),
      user_mode: oneOf("default", "root", "unprivileged"),
      evidence_ref: text,
      evidence_digest: text,
      reason_codes: texts,
    }),
  )),
});

export type AuthorizationBundle = v.InferOutput<typeof authorizationBundleSchema>;
