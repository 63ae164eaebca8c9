import type { JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import type { Digest } from "../signing/mod.ts";

/*
 * A normalised intent (docs/spec/gate.md section 2). Only `parseIntent` creates one; later code does not check it
 * again. Empty texts, empty lists and `false` mean absent and are omitted in output and digests.
 */

/** What an agent wants to do, with everything that a policy can evaluate. */
export interface Intent {
  /** As given; the zero time if absent. */
  readonly createdAt: Rfc3339;
  /** `script` for a script. */
  readonly toolName: string;
  readonly args: JsonObject;
  /** Digest of the normalised args. */
  readonly argsDigest: Digest;
  readonly script?: Script;
  /** Sorted, without duplicates. */
  readonly targets: readonly Target[];
  readonly provenance: readonly Provenance[];
  readonly skill?: SkillProvenance;
  readonly delegation?: Delegation;
  readonly context: IntentContext;
  /**
   * The tool name of a script itself, if that tool runs code. Only the steps are decided, but a dispatcher that uses
   * the name would run the tool.
   */
  readonly unusedToolName?: string;
  /** Unknown members of the request, each with a suggestion. */
  readonly unknownMembers?: readonly string[];
  /** A number that was rounded; set only if rounding is reported instead of refused. */
  readonly rounded?: string;
}

export interface Target {
  readonly kind: string;
  readonly value: string;
  readonly operation: string;
  readonly sensitivity: string;
  readonly endpointClass: string;
  readonly endpointDomain: string;
  readonly destructive: boolean;
  readonly discoveryMethod: string;
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** Where an argument comes from. */
export interface Provenance {
  readonly argPath: string;
  readonly source: string;
  readonly sourceRef: string;
  readonly integrityDigest: string;
}

export interface SkillProvenance {
  readonly skillName: string;
  readonly skillVersion: string;
  readonly source: string;
  readonly publisher: string;
  readonly digest: string;
  readonly signatureKeyId: string;
}

export interface Delegation {
  readonly requesterIdentity: string;
  readonly scopeClass: string;
  readonly tokenRefs: readonly string[];
  readonly chain: readonly DelegationLink[];
  readonly issuedAt: Rfc3339;
  readonly expiresAt: Rfc3339;
}

export interface DelegationLink {
  readonly delegatorIdentity: string;
  readonly delegateIdentity: string;
  readonly scopeClass: string;
  readonly tokenRef: string;
  readonly issuedAt: Rfc3339;
  readonly expiresAt: Rfc3339;
}

export interface IntentContext {
  readonly identity: string;
  readonly workspace: string;
  readonly riskClass: string;
  readonly phase: "plan" | "apply";
  readonly jobId: string;
  readonly sessionId: string;
  readonly requestId: string;
  /** Empty means absent. */
  readonly authContext: JsonObject;
  readonly credentialScopes: readonly string[];
  readonly contextRefs: readonly string[];
  readonly environmentFingerprint: string;
  readonly contextSetDigest: string;
  readonly contextEvidenceMode: "" | "best_effort" | "required";
}

/** Several calls that are decided together. */
export interface Script {
  readonly steps: readonly ScriptStep[];
  readonly hash: Digest;
}

export interface ScriptStep {
  readonly toolName: string;
  readonly args: JsonObject;
  readonly targets: readonly Target[];
  readonly provenance: readonly Provenance[];
}
