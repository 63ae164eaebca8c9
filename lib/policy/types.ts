import type { Verdict } from "../schema/verdict.ts";

export { DISCOVERY_METHODS, ENDPOINT_CLASSES } from "../schema/intent_words.ts";

/*
 * A policy after reading: defaults filled in, texts trimmed and lower-cased, lists unique and sorted, rules in the
 * order of evaluation (docs/spec/gate.md section 1). Only `parsePolicy` makes one; nothing behind it checks again.
 */

/** A whole policy. */
export interface Policy {
  readonly defaultVerdict: Verdict;
  readonly failClosed: FailClosed;
  /** Set when any of its three members is. */
  readonly scripts?: ScriptLimits;
  /** Set when configured; used at the MCP boundary only, but part of the digest. */
  readonly mcpTrust?: McpTrust;
  /** Sorted by priority, then by name bytes; stable. */
  readonly rules: readonly Rule[];
}

export interface FailClosed {
  readonly enabled: boolean;
  readonly riskClasses: readonly string[];
  readonly requiredFields: readonly string[];
}

export interface ScriptLimits {
  /** 0 stands for the built-in 64. */
  readonly maxSteps: number;
  /** 0 stands for off. */
  readonly requireApprovalAbove: number;
  readonly blockMixedRisk: boolean;
}

export interface McpTrust {
  readonly enabled: true;
  readonly snapshot: string;
  readonly action: "block" | "require_approval";
  readonly requiredRiskClasses: readonly string[];
  readonly minScore: number;
  /** Go duration in normal form, empty when not given. */
  readonly maxAge: string;
  readonly publisherAllowlist: readonly string[];
  readonly requireRegistry: boolean;
}

export interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly effect: Verdict;
  readonly match: Match;
  readonly endpoint?: EndpointRule;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  readonly minApprovals: number;
  readonly requireDistinctApprovers: boolean;
  readonly requireContextEvidence: boolean;
  readonly requiredContextEvidenceMode: "" | "required";
  readonly maxContextAgeSeconds: number;
  readonly requireBrokerCredential: boolean;
  readonly brokerReference: string;
  readonly brokerScopes: readonly string[];
  readonly rateLimit?: Limit;
  readonly destructiveBudget?: Limit;
  readonly dataflow?: DataflowRule;
}

/** What an intent must have for a rule to apply; an empty list and an absent value ask for nothing. */
export interface Match {
  readonly toolNames: readonly string[];
  readonly riskClasses: readonly string[];
  readonly targetKinds: readonly string[];
  readonly targetValues: readonly string[];
  readonly endpointClasses: readonly string[];
  readonly discoveryMethods: readonly string[];
  readonly toolAnnotations: ToolAnnotations;
  readonly skillPublishers: readonly string[];
  readonly skillSources: readonly string[];
  readonly dataClasses: readonly string[];
  readonly destinationKinds: readonly string[];
  readonly destinationValues: readonly string[];
  readonly destinationOperations: readonly string[];
  readonly provenanceSources: readonly string[];
  readonly identities: readonly string[];
  readonly workspacePrefixes: readonly string[];
  readonly contextToolNames: readonly string[];
  readonly contextDataClasses: readonly string[];
  readonly contextEndpointClasses: readonly string[];
  readonly contextAutonomyLevels: readonly string[];
  readonly requireDelegation: boolean;
  readonly allowedDelegatorIdentities: readonly string[];
  readonly allowedDelegateIdentities: readonly string[];
  readonly delegationScopes: readonly string[];
  /** 0 is a real limit. */
  readonly maxDelegationDepth?: number;
}

export interface ToolAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** What an enabled `endpoint` block demands of targets. */
export interface EndpointRule {
  readonly pathAllowlist: readonly string[];
  readonly pathDenylist: readonly string[];
  readonly domainAllowlist: readonly string[];
  readonly domainDenylist: readonly string[];
  readonly egressClasses: readonly string[];
  readonly action: "block" | "require_approval";
  readonly destructiveAction: "" | "block" | "require_approval";
  readonly reasonCode: string;
  readonly violation: string;
}

/** What an enabled `dataflow` block watches. */
export interface DataflowRule {
  readonly taintedSources: readonly string[];
  readonly destinationKinds: readonly string[];
  readonly destinationValues: readonly string[];
  readonly destinationOperations: readonly string[];
  readonly action: "block" | "require_approval";
  readonly reasonCode: string;
  readonly violation: string;
}

/** So many calls in a window, counted by scope. */
export interface Limit {
  readonly requests: number;
  readonly window: "minute" | "hour";
  readonly scope: "tool" | "identity" | "tool_identity";
}
