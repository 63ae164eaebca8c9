import type { JsonObject } from "../formats/json/mod.ts";

/** The kind of a target. */
export type TargetKind = "path" | "url" | "host" | "repo" | "bucket" | "table" | "queue" | "topic" | "other";

/** What a call does to a target. */
export type EndpointClass =
  | "fs.read"
  | "fs.write"
  | "fs.delete"
  | "proc.exec"
  | "net.http"
  | "net.dns"
  | "ui.click"
  | "ui.type"
  | "ui.navigate"
  | "other";

/** What a call acts on. */
export interface IntentTarget {
  /** What it is. */
  readonly kind: TargetKind;
  /** Which one: a path, an address, a name. */
  readonly value: string;
  /** What is done to it, e.g. `read`. */
  readonly operation?: string | null;
  /** How sensitive it is, in the words of the policy. */
  readonly sensitivity?: string | null;
  /** The class of the operation; derived from tool and operation unless given. */
  readonly endpoint_class?: EndpointClass | null;
  /** The host of an address. */
  readonly endpoint_domain?: string | null;
  /** Whether it can't be undone. */
  readonly destructive?: boolean | null;
  /** How the tool was found. */
  readonly discovery_method?:
    | "webmcp"
    | "dynamic_mcp"
    | "a2a"
    | "mcp"
    | "static_mcp"
    | "manual"
    | "unknown"
    | null;
  /** What a tool server says about the tool; a claim, not a proof. */
  readonly read_only_hint?: boolean | null;
  /** What a tool server says about the tool; a claim, not a proof. */
  readonly destructive_hint?: boolean | null;
  /** What a tool server says about the tool; a claim, not a proof. */
  readonly idempotent_hint?: boolean | null;
  /** What a tool server says about the tool; a claim, not a proof. */
  readonly open_world_hint?: boolean | null;
}

/** Where an argument comes from. */
export interface ArgumentProvenance {
  /** Which argument, e.g. `$.path`. */
  readonly arg_path: string;
  /** Who wrote it. */
  readonly source: "user" | "tool_output" | "external" | "system";
  /** What it was taken from, e.g. the id of a result. */
  readonly source_ref?: string | null;
  /** SHA-256 of what it was taken from: 64 hex digits. */
  readonly integrity_digest?: string | null;
}

/** The members that calls and steps of a script share. */
export interface IntentCall {
  /** Arguments of the call. Only their digest is recorded. */
  readonly args?: JsonObject | null;
  /** What it acts on; a policy can require it. */
  readonly targets?: readonly IntentTarget[] | null;
  /** Where its arguments come from. */
  readonly arg_provenance?: readonly ArgumentProvenance[] | null;
}

/** One step of a script. */
export interface IntentStep extends IntentCall {
  /** The tool. */
  readonly tool_name: string;
}

/** One hand-over of a delegation. */
export interface IntentDelegationLink {
  /** Who hands over. */
  readonly delegator_identity: string;
  /** Who takes over. */
  readonly delegate_identity: string;
  /** How far it goes. */
  readonly scope_class?: string | null;
  /** The token that proves it. */
  readonly token_ref?: string | null;
  /** RFC 3339. */
  readonly issued_at?: string | null;
  /** RFC 3339. */
  readonly expires_at?: string | null;
}

/** Who acts for whom. */
export interface IntentDelegation {
  /** On whose behalf the call is made. */
  readonly requester_identity: string;
  /** How far it goes. */
  readonly scope_class?: string | null;
  /** Tokens that prove it. */
  readonly token_refs?: readonly string[] | null;
  /** From the first hand-over to the last. */
  readonly chain?: readonly IntentDelegationLink[] | null;
  /** RFC 3339. */
  readonly issued_at?: string | null;
  /** RFC 3339. */
  readonly expires_at?: string | null;
}

/** The skill that a call is part of. */
export interface IntentSkill {
  /** Its name. */
  readonly skill_name: string;
  /** Its version. */
  readonly skill_version?: string | null;
  /** Where it was taken from. */
  readonly source: string;
  /** Who published it. */
  readonly publisher: string;
  /** SHA-256 of its content: 64 hex digits. */
  readonly digest?: string | null;
  /** Id of the key that signed it. */
  readonly signature_key_id?: string | null;
}

/** Who calls, where and how risky it is. */
export interface IntentContext {
  /** Who calls. */
  readonly identity: string;
  /** Folder or project that the agent works in. */
  readonly workspace: string;
  /** `low`, `medium`, `high`, `critical`, or another word that the policy knows. */
  readonly risk_class: string;
  /** While planning, nothing destructive happens. */
  readonly phase?: "plan" | "apply" | null;
  /** Job that the call belongs to. */
  readonly job_id?: string | null;
  /** Session that the call belongs to. */
  readonly session_id?: string | null;
  /** Id of this request. */
  readonly request_id?: string | null;
  /** Authenticated claims of the caller. */
  readonly auth_context?: JsonObject | null;
  /** Scopes of the credentials that it has. */
  readonly credential_scopes?: readonly string[] | null;
  /** Ids of the context that it was given. */
  readonly context_refs?: readonly string[] | null;
  /** Digest of its environment. */
  readonly environment_fingerprint?: string | null;
  /** Digest of the set of context: 64 hex digits. */
  readonly context_set_digest?: string | null;
  /** How strictly that was recorded; empty for no claim. */
  readonly context_evidence_mode?: "" | "best_effort" | "required" | null;
}

/**
 * A call to decide. Null members count as absent; a literal with an unknown member does not compile. The gate trims
 * and lower-cases the members that it compares.
 */
export interface IntentRequest extends IntentCall {
  /** `gait.gate.intent_request` unless given. */
  readonly schema_id?: string | null;
  /** `1.0.0` unless given. */
  readonly schema_version?: string | null;
  /** RFC 3339. */
  readonly created_at?: string | null;
  /** Version of the calling program. */
  readonly producer_version?: string | null;
  /** The tool; required unless `script` has steps. */
  readonly tool_name?: string | null;
  /** Several calls that are decided as one. */
  readonly script?: {
    /** 1 to 64 of them. */
    readonly steps: readonly IntentStep[];
  } | null;
  /** The skill that it is part of. */
  readonly skill_provenance?: IntentSkill | null;
  /** Who acts for whom. */
  readonly delegation?: IntentDelegation | null;
  /** How it relates to other records, as docs/contracts/trace.md has it. */
  readonly relationship?: JsonObject | null;
  /** Who calls, where and how risky it is. */
  readonly context: IntentContext;
}
