import type { JsonObject } from "../formats/json/mod.ts";
import { optionalObject, text } from "../intent/fields.ts";
import { knownFields, texts } from "./fields.ts";
import { type OAuthEvidence, readOAuthEvidence } from "./oauth_evidence.ts";

/**
 * The context of a call (docs/spec/mcp.md 3.1): who calls, and for what. Strings are unmodified, and empty when
 * absent.
 */
export interface CallContext {
  readonly identity: string;
  readonly workspace: string;
  readonly riskClass: string;
  readonly phase: string;
  readonly jobId: string;
  readonly sessionId: string;
  readonly requestId: string;
  readonly runId: string;
  readonly authMode: string;
  readonly authContext: JsonObject;
  readonly oauthEvidence?: OAuthEvidence | undefined;
  readonly credentialScopes: readonly string[];
  readonly environmentFingerprint: string;
  readonly envelopePath: string;
}

/** The context of a call that gives none. */
export const NO_CONTEXT: CallContext = {
  identity: "",
  workspace: "",
  riskClass: "",
  phase: "",
  jobId: "",
  sessionId: "",
  requestId: "",
  runId: "",
  authMode: "",
  authContext: {},
  credentialScopes: [],
  environmentFingerprint: "",
  envelopePath: "",
};

const CONTEXT = knownFields(
  "identity",
  "workspace",
  "risk_class",
  "phase",
  "job_id",
  "session_id",
  "request_id",
  "run_id",
  "auth_mode",
  "oauth_evidence",
  "auth_context",
  "credential_scopes",
  "environment_fingerprint",
  "context_envelope_path",
);

/** The members of auth_context that Gait reads; others are allowed. */
const AUTH_CONTEXT = knownFields("oauth_mode", "oauth_evidence", "auth_mode");

/** Read the context of a call. */
export function readContext(context: JsonObject | undefined, at: string): CallContext {
  if (!context) return NO_CONTEXT;
  CONTEXT.refuseLookalikes(context, at);
  const of = (name: string) => text(context, name, at);
  const authContext = optionalObject(context, "auth_context", at) ?? {};
  AUTH_CONTEXT.refuseLookalikes(authContext, at + "auth_context.");
  const evidence = optionalObject(context, "oauth_evidence", at);
  return {
    identity: of("identity"),
    workspace: of("workspace"),
    riskClass: of("risk_class"),
    phase: of("phase"),
    jobId: of("job_id"),
    sessionId: of("session_id"),
    requestId: of("request_id"),
    runId: of("run_id"),
    authMode: of("auth_mode"),
    authContext,
    oauthEvidence: evidence && readOAuthEvidence(evidence, at + "oauth_evidence."),
    credentialScopes: texts(context, "credential_scopes", at),
    environmentFingerprint: of("environment_fingerprint"),
    envelopePath: of("context_envelope_path"),
  };
}
