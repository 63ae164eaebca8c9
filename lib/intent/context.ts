import type { JsonObject } from "../formats/json/mod.ts";
import { CONTEXT_EVIDENCE_MODES, PHASES } from "../schema/intent_words.ts";
import {
  badField,
  eachObject,
  freeForm,
  identifier,
  lowered,
  missingField,
  oneOf,
  optionalDigest,
  refuseLookalikes,
  required,
  textSet,
  time,
  trimmed,
} from "./fields.ts";
import type { Delegation, DelegationLink, IntentContext } from "./types.ts";
import { compareInstants, isZeroTime, type Rfc3339 } from "../formats/time.ts";

/** Read the context of a call: identity, workspace and risk class (docs/spec/gate.md 2.2). */
export function readContext(object: JsonObject | undefined, at: string): IntentContext {
  if (object === undefined) throw missingField(at, "context");
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

/**
 * Read a delegation (docs/spec/gate.md 2.5). The chain must be connected and end at the requester; otherwise rules
 * could match delegators who delegated nothing.
 */
export function readDelegation(object: JsonObject, at: string): Delegation {
  refuseLookalikes(object, DELEGATION_FIELDS, at);
  const delegation = {
    requesterIdentity: required(trimmed(object, "requester_identity", at), "requester_identity", at),
    scopeClass: lowered(object, "scope_class", at),
    tokenRefs: textSet(object, "token_refs", at),
    chain: eachObject(object, "chain", at, readLink),
    ...readLifetime(object, at),
  };
  delegation.chain.forEach((link, i) => {
    const before = delegation.chain[i - 1];
    if (before && before.delegateIdentity !== link.delegatorIdentity) {
      throw badField(at, `chain[${i}].delegator_identity`, `expected "${before.delegateIdentity}"`);
    }
  });
  const last = delegation.chain.at(-1);
  if (last && last.delegateIdentity !== delegation.requesterIdentity) {
    throw badField(at, "chain", `ends at "${last.delegateIdentity}", not at the requester`);
  }
  return delegation;
}

function readLink(object: JsonObject, at: string): DelegationLink {
  refuseLookalikes(object, LINK_FIELDS, at);
  return {
    delegatorIdentity: required(trimmed(object, "delegator_identity", at), "delegator_identity", at),
    delegateIdentity: required(trimmed(object, "delegate_identity", at), "delegate_identity", at),
    scopeClass: lowered(object, "scope_class", at),
    tokenRef: trimmed(object, "token_ref", at),
    ...readLifetime(object, at),
  };
}

function readLifetime(object: JsonObject, at: string): { issuedAt: Rfc3339; expiresAt: Rfc3339 } {
  const issuedAt = time(object, "issued_at", at);
  const expiresAt = time(object, "expires_at", at);
  if (!isZeroTime(issuedAt) && !isZeroTime(expiresAt) && compareInstants(expiresAt, issuedAt) <= 0) {
    throw badField(at, "expires_at", "is not after issued_at");
  }
  return { issuedAt, expiresAt };
}

/** The members of a delegation. */
export const DELEGATION_FIELDS: ReadonlySet<string> = new Set([
  "requester_identity",
  "scope_class",
  "token_refs",
  "chain",
  "issued_at",
  "expires_at",
]);
/** The members of a link of its chain. */
export const LINK_FIELDS: ReadonlySet<string> = new Set([
  "delegator_identity",
  "delegate_identity",
  "scope_class",
  "token_ref",
  "issued_at",
  "expires_at",
]);
