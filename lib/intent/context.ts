import type { JsonObject } from "../formats/json/mod.ts";
import { CONTEXT_EVIDENCE_MODES, PHASES } from "../schema/intent_words.ts";
import {
  badField,
  identifier,
  lowered,
  oneOf,
  optionalDigest,
  refuseLookalikes,
  required,
  textSet,
  trimmed,
} from "./fields.ts";
import { freeForm } from "./free_form.ts";
import type { IntentContext } from "./types.ts";

/** Who calls, from where, and how much is at stake (docs/spec/gate.md 2.2). */
export function readContext(object: JsonObject | undefined, at: string): IntentContext {
  if (object === undefined) throw badField(at, "context", "is required");
  const inside = at + "context.";
  const of = (name: string) => trimmed(object, name, inside);
  refuseLookalikes(object, CONTEXT_FIELDS, inside);
  return {
    identity: identifier(of("identity"), "identity", inside),
    workspace: identifier(of("workspace"), "workspace", inside).replaceAll("\\", "/"),
    riskClass: required(lowered(object, "risk_class", inside), "risk_class", inside),
    phase: oneOf(PHASES, lowered(object, "phase", inside) || "apply", "phase", inside),
    jobId: of("job_id"),
    sessionId: of("session_id"),
    requestId: of("request_id"),
    authContext: freeForm(object, "auth_context", inside),
    credentialScopes: textSet(object, "credential_scopes", inside),
    contextRefs: textSet(object, "context_refs", inside),
    environmentFingerprint: of("environment_fingerprint"),
    contextSetDigest: optionalDigest(object, "context_set_digest", inside),
    contextEvidenceMode: oneOf(
      CONTEXT_EVIDENCE_MODES,
      lowered(object, "context_evidence_mode", inside),
      "context_evidence_mode",
      inside,
    ),
  };
}

/** The members of a context. */
export const CONTEXT_FIELDS: ReadonlySet<string> = new Set([
  "identity",
  "workspace",
  "risk_class",
  "phase",
  "job_id",
  "session_id",
  "request_id",
  "auth_context",
  "credential_scopes",
  "context_refs",
  "environment_fingerprint",
  "context_set_digest",
  "context_evidence_mode",
]);
