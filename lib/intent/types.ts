import type { JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import type { Digest } from "../signing/mod.ts";

/*
 * An intent after normalisation (docs/spec/gate.md section 2). Only `parseIntent` makes one; nothing behind it checks
 * again. Empty texts, empty lists and `false` stand for absent; writing and digesting leave them out.
 */

/** What an agent wants to do, with everything that a policy can look at. */
export interface Intent {
  /** As given; the zero time when absent. */
  readonly createdAt: Rfc3339;
  /** `script` for a script. */
  readonly toolName: string;
  readonly args: JsonObject;
  /** Digest of the normalised args. */
  readonly argsDigest: Digest;
  readonly script?: Script;
  /** Sorted, without repetition. */
  readonly targets: readonly Target[];
  readonly provenance: readonly Provenance[];
  readonly skill?: SkillProvenance;
  readonly delegation?: Delegation;
  readonly context: IntentContext;
  /**
   * The name of a tool that runs code and that a script bears itself. Only its steps are decided, but whoever dispatches
   * by the name runs that tool.
   */
  readonly unusedToolName?: string;
  /** Members of the request that nothing reads, each with what may have been meant. */
  readonly unknownMembers?: readonly string[];
  /** A number that could not be kept as it was written; set only where that is told and not refused. */
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
  /** Empty stands for absent. */
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
