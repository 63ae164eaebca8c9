import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { type Digest, digestOf } from "../signing/digest.ts";
import { POLICY_SCHEMA_ID, POLICY_SCHEMA_VERSION } from "./read_document.ts";
import type { DataflowRule, EndpointRule, Limit, Match, McpTrust, Policy, Rule } from "./types.ts";

/**
 * Digest of a policy (docs/spec/gate.md 1.6): of what it means, not of how it is written. Order of rules, lists and keys,
 * case, comments and aliases do not count.
 */
export async function policyDigest(policy: Policy): Promise<Digest> {
  return await digestOf(encodePolicy(policy));
}

function encodePolicy({ defaultVerdict, failClosed, scripts, mcpTrust, rules }: Policy): JsonObject {
  return {
    SchemaID: POLICY_SCHEMA_ID,
    SchemaVersion: POLICY_SCHEMA_VERSION,
    DefaultVerdict: defaultVerdict,
    FailClosed: {
      Enabled: failClosed.enabled,
      RiskClasses: list(failClosed.riskClasses),
      RequiredFields: list(failClosed.requiredFields),
    },
    Rules: rules.map(encodeRule),
    ...(scripts && {
      Scripts: {
        MaxSteps: scripts.maxSteps,
        RequireApprovalAbove: scripts.requireApprovalAbove,
        BlockMixedRisk: scripts.blockMixedRisk,
      },
    }),
    ...(mcpTrust && { MCPTrust: encodeMcpTrust(mcpTrust) }),
  };
}

function encodeMcpTrust(trust: McpTrust): JsonObject {
  return {
    Enabled: true,
    SnapshotPath: trust.snapshot,
    Action: trust.action,
    RequiredRiskClasses: list(trust.requiredRiskClasses),
    MinScore: trust.minScore,
    MaxAge: trust.maxAge,
    PublisherAllowlist: list(trust.publisherAllowlist),
    RequireRegistry: trust.requireRegistry,
  };
}

function encodeRule(rule: Rule): JsonObject {
  return {
    Name: rule.name,
    Priority: rule.priority,
    Effect: rule.effect,
    ReasonCodes: list(rule.reasonCodes),
    Violations: list(rule.violations),
    Match: encodeMatch(rule.match),
    ...given({
      MinApprovals: rule.minApprovals,
      RequireDistinctApprovers: rule.requireDistinctApprovers,
      RequireContextEvidence: rule.requireContextEvidence,
      RequiredContextEvidenceMode: rule.requiredContextEvidenceMode,
      MaxContextAgeSeconds: rule.maxContextAgeSeconds,
      RequireBrokerCredential: rule.requireBrokerCredential,
      BrokerReference: rule.brokerReference,
      BrokerScopes: list(rule.brokerScopes),
    }),
    ...(rule.rateLimit && { RateLimit: encodeLimit(rule.rateLimit) }),
    ...(rule.destructiveBudget && { DestructiveBudget: encodeLimit(rule.destructiveBudget) }),
    ...(rule.dataflow && { Dataflow: encodeDataflow(rule.dataflow) }),
    ...(rule.endpoint && { Endpoint: encodeEndpoint(rule.endpoint) }),
  };
}

function encodeMatch(match: Match): JsonObject {
  const hints = given({
    ReadOnlyHint: match.toolAnnotations.readOnlyHint ?? null,
    DestructiveHint: match.toolAnnotations.destructiveHint ?? null,
    IdempotentHint: match.toolAnnotations.idempotentHint ?? null,
    OpenWorldHint: match.toolAnnotations.openWorldHint ?? null,
  }, (value) => value !== null);
  return {
    ToolNames: list(match.toolNames),
    RiskClasses: list(match.riskClasses),
    TargetKinds: list(match.targetKinds),
    TargetValues: list(match.targetValues),
    ProvenanceSources: list(match.provenanceSources),
    Identities: list(match.identities),
    WorkspacePrefixes: list(match.workspacePrefixes),
    ...given({
      EndpointClasses: list(match.endpointClasses),
      DiscoveryMethods: list(match.discoveryMethods),
      SkillPublishers: list(match.skillPublishers),
      SkillSources: list(match.skillSources),
      DataClasses: list(match.dataClasses),
      DestinationKinds: list(match.destinationKinds),
      DestinationValues: list(match.destinationValues),
      DestinationOps: list(match.destinationOperations),
      ContextToolNames: list(match.contextToolNames),
      ContextDataClasses: list(match.contextDataClasses),
      ContextEndpointClasses: list(match.contextEndpointClasses),
      ContextAutonomyLevels: list(match.contextAutonomyLevels),
      AllowedDelegatorIdentities: list(match.allowedDelegatorIdentities),
      AllowedDelegateIdentities: list(match.allowedDelegateIdentities),
      DelegationScopes: list(match.delegationScopes),
      RequireDelegation: match.requireDelegation,
    }),
    ...(Object.keys(hints).length > 0 && { ToolAnnotations: hints }),
    ...(match.maxDelegationDepth !== undefined && { MaxDelegationDepth: match.maxDelegationDepth }),
  };
}

function encodeDataflow(dataflow: DataflowRule): JsonObject {
  return {
    Enabled: true,
    TaintedSources: list(dataflow.taintedSources),
    Action: dataflow.action,
    ReasonCode: dataflow.reasonCode,
    Violation: dataflow.violation,
    ...given({
      DestinationKinds: list(dataflow.destinationKinds),
      DestinationValues: list(dataflow.destinationValues),
      DestinationOperations: list(dataflow.destinationOperations),
    }),
  };
}

function encodeEndpoint(endpoint: EndpointRule): JsonObject {
  return {
    Enabled: true,
    PathAllowlist: list(endpoint.pathAllowlist),
    PathDenylist: list(endpoint.pathDenylist),
    DomainAllowlist: list(endpoint.domainAllowlist),
    DomainDenylist: list(endpoint.domainDenylist),
    EgressClasses: list(endpoint.egressClasses),
    Action: endpoint.action,
    DestructiveAction: endpoint.destructiveAction,
    ReasonCode: endpoint.reasonCode,
    Violation: endpoint.violation,
  };
}

function encodeLimit({ requests, window, scope }: Limit): JsonObject {
  return { Requests: requests, Window: window, Scope: scope };
}

function list(items: readonly string[]): string[] {
  return [...items];
}

/** The members that say something: later keys of the language must not change the digests of older policies. */
function given(members: JsonObject, says: (value: JsonValue) => boolean = isGiven): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => says(value)));
}

function isGiven(value: JsonValue): boolean {
  return value !== "" && value !== 0 && value !== false && !(Array.isArray(value) && value.length === 0);
}
