import { invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";
import { isZeroTime, parseTime, toUtc } from "../formats/time.ts";
import type { Profile } from "../gate/profile/profile.ts";
import { badField, text } from "../intent/fields.ts";
import type { CallDelegation, CallStep, ToolCall } from "./call.ts";
import type { CallContext } from "./call_context.ts";
import { knownFields } from "./fields.ts";
import { intentTarget, legacyTarget } from "./target.ts";

/** The producer of intents made from calls. It is part of compared records, so it must never change. */
const INTENT_PRODUCER = "0.0.0-dev";

/** The time of calls that don't state one. */
const NO_TIME = "1980-01-01T00:00:00Z";

/**
 * Convert a call to an intent request (docs/spec/mcp.md section 4). Normalising and validating is left to the reader
 * of intents.
 *
 * @param at the path of the call, for errors
 * @throws {GaitError} `invalid_input` for a call without a name, and under `oss-prod` for one without identity,
 * workspace or session
 */
export function intentRequest(call: ToolCall, profile: Profile, at: string): JsonObject {
  const name = trim(call.name);
  if (name === "" && call.steps.length === 0) {
    throw invalidInput(`Cannot use ${at}name: it is required`, {
      hint: "A call needs the name of its tool; choose the format of the call with --adapter",
    });
  }
  if (profile === "oss-prod") requireContext(call.context);
  const targets = call.targets.map((target, i) => intentTarget(target, `${at}targets[${i}].`));
  const legacy = targets.length === 0 && trim(call.target) !== "" ? [legacyTarget(call.target)] : [];
  return {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: createdAt(call.createdAt, at),
    producer_version: INTENT_PRODUCER,
    ...(call.steps.length === 0 ? { tool_name: name, args: call.args ?? {} } : {
      tool_name: "script",
      args: {},
      script: { steps: call.steps.map((step, i) => scriptStep(step, i, at)) },
    }),
    targets: [...targets, ...legacy],
    arg_provenance: call.provenance.map((origin, i) => provenance(origin, `${at}arg_provenance[${i}].`)),
    ...(call.delegation ? { delegation: delegation(call.delegation, at + "delegation.") } : {}),
    context: context(call.context),
  };
}

function scriptStep(
  { name, args, targets, provenance: origins }: CallStep,
  i: number,
  at: string,
): JsonObject {
  const inside = `${at}script.steps[${i}].`;
  if (trim(name) === "") throw badField(inside, "name", "is required");
  return {
    tool_name: trim(name),
    args: args ?? {},
    targets: targets.map((target, k) => intentTarget(target, `${inside}targets[${k}].`)),
    arg_provenance: origins.map((origin, k) => provenance(origin, `${inside}arg_provenance[${k}].`)),
  };
}

const PROVENANCE_NAMES = ["arg_path", "source", "source_ref", "integrity_digest"] as const;
const PROVENANCE = knownFields(...PROVENANCE_NAMES);
const LINK_NAMES = ["delegator_identity", "delegate_identity", "scope_class", "token_ref"] as const;
const LINK = knownFields(...LINK_NAMES);

function provenance(origin: JsonObject, at: string): JsonObject {
  PROVENANCE.refuseLookalikes(origin, at);
  return trimmedMembers(origin, PROVENANCE_NAMES, at);
}

function delegation(
  { requesterIdentity, scopeClass, tokenRefs, chain }: CallDelegation,
  at: string,
): JsonObject {
  return {
    requester_identity: trim(requesterIdentity),
    scope_class: trim(scopeClass),
    token_refs: [...tokenRefs],
    chain: chain.map((link, i) => {
      LINK.refuseLookalikes(link, `${at}chain[${i}].`);
      return trimmedMembers(link, LINK_NAMES, `${at}chain[${i}].`);
    }),
  };
}

function trimmedMembers(object: JsonObject, names: readonly string[], at: string): JsonObject {
  return Object.fromEntries(names.map((name) => [name, trim(text(object, name, at))]));
}

/** The time of a call in UTC; the zero time means absent. */
function createdAt(given: string, at: string): string {
  if (given === "") return NO_TIME;
  const time = toUtc(parseTime(given, `${at}created_at`));
  return isZeroTime(time) ? NO_TIME : time;
}

/** A call that states no risk class counts as high risk. */
function context(given: CallContext): JsonObject {
  const mode = trim(given.authMode);
  return {
    identity: trim(given.identity) || "mcp-proxy",
    workspace: trim(given.workspace) || ".",
    risk_class: trim(given.riskClass) || "high",
    phase: trim(given.phase),
    job_id: trim(given.jobId),
    session_id: trim(given.sessionId),
    request_id: trim(given.requestId),
    environment_fingerprint: trim(given.environmentFingerprint),
    credential_scopes: [...given.credentialScopes],
    auth_context: {
      ...given.authContext,
      ...(mode === "" ? {} : { auth_mode: mode }),
      ...(given.oauthEvidence ? { oauth_evidence: given.oauthEvidence } : {}),
    },
  };
}

/** The members of the context that are missing although `oss-prod` demands them. */
export function missingContext({ identity, workspace, sessionId }: CallContext): string[] {
  const said = { identity, workspace, session_id: sessionId };
  return Object.entries(said).filter(([, value]) => trim(value) === "").map(([name]) => name);
}

function requireContext(given: CallContext): void {
  const missing = missingContext(given);
  if (missing.length === 0) return;
  throw invalidInput(`Profile "oss-prod" needs context.${missing.join(", context.")} in the call`, {
    hint: "Add identity, workspace and session to the context of the call",
  });
}
