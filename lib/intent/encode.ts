import type { JsonObject } from "../formats/json/mod.ts";
import type { Delegation, IntentContext, Provenance, ScriptStep, SkillProvenance, Target } from "./types.ts";

/*
 * The JSON form of the parts of an intent in digests and traces: empty members are omitted, except those that are
 * always included (docs/spec/gate.md 2.6).
 */

/** A target. */
export function encodeTarget(target: Target): JsonObject {
  const json: JsonObject = { kind: target.kind, value: target.value };
  put(json, "operation", target.operation);
  put(json, "sensitivity", target.sensitivity);
  put(json, "endpoint_class", target.endpointClass);
  put(json, "endpoint_domain", target.endpointDomain);
  putFlag(json, "destructive", target.destructive);
  put(json, "discovery_method", target.discoveryMethod);
  putFlag(json, "read_only_hint", target.readOnlyHint);
  putFlag(json, "destructive_hint", target.destructiveHint);
  putFlag(json, "idempotent_hint", target.idempotentHint);
  putFlag(json, "open_world_hint", target.openWorldHint);
  return json;
}

/** Where an argument comes from. */
export function encodeProvenance(origin: Provenance): JsonObject {
  const json: JsonObject = { arg_path: origin.argPath, source: origin.source };
  put(json, "source_ref", origin.sourceRef);
  put(json, "integrity_digest", origin.integrityDigest);
  return json;
}

/** The skill that a call comes from. */
export function encodeSkill(skill: SkillProvenance): JsonObject {
  const json: JsonObject = { skill_name: skill.skillName };
  put(json, "skill_version", skill.skillVersion);
  json["source"] = skill.source;
  json["publisher"] = skill.publisher;
  put(json, "digest", skill.digest);
  put(json, "signature_key_id", skill.signatureKeyId);
  return json;
}

/** A delegation; absent times are written as the zero time. */
export function encodeDelegation(delegation: Delegation): JsonObject {
  const json: JsonObject = { requester_identity: delegation.requesterIdentity };
  put(json, "scope_class", delegation.scopeClass);
  if (delegation.tokenRefs.length > 0) json["token_refs"] = [...delegation.tokenRefs];
  if (delegation.chain.length > 0) {
    json["chain"] = delegation.chain.map((link) => {
      const step: JsonObject = {
        delegator_identity: link.delegatorIdentity,
        delegate_identity: link.delegateIdentity,
      };
      put(step, "scope_class", link.scopeClass);
      put(step, "token_ref", link.tokenRef);
      return { ...step, issued_at: link.issuedAt, expires_at: link.expiresAt };
    });
  }
  return { ...json, issued_at: delegation.issuedAt, expires_at: delegation.expiresAt };
}

/** Who calls, from where. */
export function encodeContext(context: IntentContext): JsonObject {
  const json: JsonObject = {
    identity: context.identity,
    workspace: context.workspace,
    risk_class: context.riskClass,
    phase: context.phase,
  };
  put(json, "job_id", context.jobId);
  put(json, "session_id", context.sessionId);
  put(json, "request_id", context.requestId);
  if (Object.keys(context.authContext).length > 0) json["auth_context"] = context.authContext;
  if (context.credentialScopes.length > 0) json["credential_scopes"] = [...context.credentialScopes];
  put(json, "environment_fingerprint", context.environmentFingerprint);
  put(json, "context_set_digest", context.contextSetDigest);
  put(json, "context_evidence_mode", context.contextEvidenceMode);
  if (context.contextRefs.length > 0) json["context_refs"] = [...context.contextRefs];
  return json;
}

/** One step of a script. */
export function encodeStep(step: ScriptStep): JsonObject {
  const json: JsonObject = { tool_name: step.toolName, args: step.args };
  if (step.targets.length > 0) json["targets"] = step.targets.map(encodeTarget);
  if (step.provenance.length > 0) json["arg_provenance"] = step.provenance.map(encodeProvenance);
  return json;
}

function put(json: JsonObject, name: string, value: string): void {
  if (value !== "") json[name] = value;
}

function putFlag(json: JsonObject, name: string, value: boolean): void {
  if (value) json[name] = true;
}
