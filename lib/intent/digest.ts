import { type JsonObject, without } from "../formats/json/mod.ts";
import { type Digest, digestOf, type Hasher, sha256 } from "../signing/mod.ts";
import {
  encodeContext,
  encodeDelegation,
  encodeProvenance,
  encodeSkill,
  encodeStep,
  encodeTarget,
} from "./encode.ts";
import type { Delegation, Intent } from "./types.ts";

/** The digest of an intent: equal for equivalent requests (docs/spec/gate.md 2.6). */
export async function intentDigest(intent: Intent, hash: Hasher = sha256): Promise<Digest> {
  return await digestOf(encodeIntentForDigest(intent), hash);
}

/**
 * The content that an intent digest covers. Times, producer, schema, relationship and claimed digests are excluded;
 * `targets` is included even if empty.
 */
export function encodeIntentForDigest(intent: Intent): JsonObject {
  const json: JsonObject = { tool_name: intent.toolName, args: intent.args };
  if (intent.script) {
    json["script_hash"] = intent.script.hash;
    json["script"] = { steps: intent.script.steps.map(encodeStep) };
  }
  json["targets"] = intent.targets.map(encodeTarget);
  if (intent.provenance.length > 0) json["arg_provenance"] = intent.provenance.map(encodeProvenance);
  if (intent.skill) json["skill_provenance"] = encodeSkill(intent.skill);
  if (intent.delegation) json["delegation"] = encodeDelegation(intent.delegation);
  json["context"] = encodeContext(intent.context);
  return json;
}

/** The digest of a delegation: `chain_digest` of a trace, to which approvals are bound. */
export async function delegationDigest(delegation: Delegation, hash: Hasher = sha256): Promise<Digest> {
  return await digestOf(encodeDelegation(delegation), hash);
}

/** Member of auth_context with the age of the context in seconds; only an envelope may set it. */
export const CONTEXT_AGE = "context_age_seconds";

/**
 * An intent without claims about its context, which are no evidence (docs/spec/gate.md 2.6, "Prepared intent"). This
 * form is digested and evaluated if there is no envelope. An intent that claims nothing is returned as it is.
 */
export function withoutClaims(intent: Intent): Intent {
  const { authContext, contextRefs, contextSetDigest, contextEvidenceMode } = intent.context;
  const claims = contextRefs.length > 0 || contextSetDigest !== "" || contextEvidenceMode !== "" ||
    Object.hasOwn(authContext, CONTEXT_AGE);
  if (!claims) return intent;
  return {
    ...intent,
    context: {
      ...intent.context,
      authContext: Object.hasOwn(authContext, CONTEXT_AGE) ? without(authContext, CONTEXT_AGE) : authContext,
      contextRefs: [],
      contextSetDigest: "",
      contextEvidenceMode: "",
    },
  };
}
