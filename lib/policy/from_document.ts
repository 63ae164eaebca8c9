import type { Verdict } from "../schema/verdict.ts";
import type {
  DataflowDocument,
  EndpointDocument,
  LimitDocument,
  MatchDocument,
  McpTrustDocument,
  PolicyDocument,
  RuleDocument,
} from "./document.ts";
import type { DataflowRule, EndpointRule, Limit, Match, McpTrust, Policy, Rule } from "./types.ts";

/*
 * From a checked document to what the evaluator wants: blocks that are off are left out, aliases are gone. The casts
 * state what reading has checked.
 */

type Action = "block" | "require_approval";

/** The policy of a document. */
export function policyOf(document: PolicyDocument): Policy {
  const { scripts, fail_closed: failClosed } = document;
  const limited = scripts.max_steps > 0n || scripts.require_approval_above > 0n || scripts.block_mixed_risk;
  return {
    defaultVerdict: document.default_verdict as Verdict,
    failClosed: {
      enabled: failClosed.enabled,
      riskClasses: failClosed.risk_classes,
      requiredFields: failClosed.required_fields,
    },
    ...(limited && {
      scripts: {
        maxSteps: Number(scripts.max_steps),
        requireApprovalAbove: Number(scripts.require_approval_above),
        blockMixedRisk: scripts.block_mixed_risk,
      },
    }),
    ...(document.mcp_trust.enabled && { mcpTrust: mcpTrustOf(document.mcp_trust) }),
    rules: document.rules.map(ruleOf),
  };
}

function mcpTrustOf(trust: McpTrustDocument): McpTrust {
  return {
    enabled: true,
    snapshot: trust.snapshot,
    action: trust.action as Action,
    requiredRiskClasses: trust.required_risk_classes,
    minScore: trust.min_score,
    maxAge: trust.max_age,
    publisherAllowlist: trust.publisher_allowlist,
    requireRegistry: trust.require_registry,
  };
}

function ruleOf(rule: RuleDocument): Rule {
  return {
    name: rule.name,
    priority: Number(rule.priority),
    effect: rule.effect as Verdict,
    match: matchOf(rule.match),
    ...(rule.endpoint.enabled && { endpoint: endpointOf(rule.endpoint) }),
    reasonCodes: rule.reason_codes,
    violations: rule.violations,
    minApprovals: Number(rule.min_approvals),
    requireDistinctApprovers: rule.require_distinct_approvers,
    requireContextEvidence: rule.require_context_evidence,
    requiredContextEvidenceMode: rule.required_context_evidence_mode as "" | "required",
    maxContextAgeSeconds: Number(rule.max_context_age_seconds),
    requireBrokerCredential: rule.require_broker_credential,
    brokerReference: rule.broker_reference,
    brokerScopes: rule.broker_scopes,
    ...(rule.rate_limit.requests > 0n && { rateLimit: limitOf(rule.rate_limit) }),
    ...(rule.destructive_budget.requests > 0n && { destructiveBudget: limitOf(rule.destructive_budget) }),
    ...(rule.dataflow.enabled && { dataflow: dataflowOf(rule.dataflow) }),
  };
}

function matchOf(match: MatchDocument): Match {
  const hints = Object.entries(match.tool_annotations).filter(([, hint]) => hint !== null);
  return {
    toolNames: match.tool_names,
    riskClasses: match.risk_classes,
    targetKinds: match.target_kinds,
    targetValues: match.target_values,
    endpointClasses: match.endpoint_classes,
    discoveryMethods: match.discovery_method,
    toolAnnotations: Object.fromEntries(hints),
    skillPublishers: match.skill_publishers,
    skillSources: match.skill_sources,
    dataClasses: match.data_classes,
    destinationKinds: match.destination_kinds,
    destinationValues: match.destination_values,
    destinationOperations: match.destination_operations,
    provenanceSources: match.provenance_sources,
    identities: match.identities,
    workspacePrefixes: match.workspace_prefixes,
    contextToolNames: match.context_tool_names,
    contextDataClasses: match.context_data_classes,
    contextEndpointClasses: match.context_endpoint_classes,
    contextAutonomyLevels: match.context_autonomy_levels,
    requireDelegation: match.require_delegation,
    allowedDelegatorIdentities: match.allowed_delegator_identities,
    allowedDelegateIdentities: match.allowed_delegate_identities,
    delegationScopes: match.delegation_scopes,
    ...(match.max_delegation_depth !== null && { maxDelegationDepth: Number(match.max_delegation_depth) }),
  };
}

function endpointOf(endpoint: EndpointDocument): EndpointRule {
  return {
    pathAllowlist: endpoint.path_allowlist,
    pathDenylist: endpoint.path_denylist,
    domainAllowlist: endpoint.domain_allowlist,
    domainDenylist: endpoint.domain_denylist,
    egressClasses: endpoint.egress_classes,
    action: endpoint.action as Action,
    destructiveAction: endpoint.destructive_action as "" | Action,
    reasonCode: endpoint.reason_code,
    violation: endpoint.violation,
  };
}

function dataflowOf(dataflow: DataflowDocument): DataflowRule {
  return {
    taintedSources: dataflow.tainted_sources,
    destinationKinds: dataflow.destination_kinds,
    destinationValues: dataflow.destination_values,
    destinationOperations: dataflow.destination_operations,
    action: dataflow.action as Action,
    reasonCode: dataflow.reason_code,
    violation: dataflow.violation,
  };
}

function limitOf({ requests, window, scope }: LimitDocument): Limit {
  return {
    requests: Number(requests),
    window: window as Limit["window"],
    scope: scope as Limit["scope"],
  };
}
