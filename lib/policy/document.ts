/*
 * A policy as a file can say it: the keys of docs/spec/gate.md 1.2 to 1.5 in the order of its tables, every default
 * filled in. `policy fmt` prints exactly this; a Policy is made of it. Integers are bigints because they have 64 bits
 * in a file.
 */

/** A whole policy file, normalised. */
export interface PolicyDocument {
  readonly schema_id: string;
  readonly schema_version: string;
  readonly default_verdict: string;
  readonly default_action: string;
  readonly scripts: ScriptsDocument;
  readonly fail_closed: FailClosedDocument;
  readonly mcp_trust: McpTrustDocument;
  readonly rules: readonly RuleDocument[];
}

export interface ScriptsDocument {
  readonly max_steps: bigint;
  readonly require_approval_above: bigint;
  readonly block_mixed_risk: boolean;
}

export interface FailClosedDocument {
  readonly enabled: boolean;
  readonly risk_classes: readonly string[];
  readonly required_fields: readonly string[];
}

export interface McpTrustDocument {
  readonly enabled: boolean;
  readonly snapshot: string;
  readonly action: string;
  readonly required_risk_classes: readonly string[];
  readonly min_score: number;
  readonly max_age: string;
  readonly publisher_allowlist: readonly string[];
  readonly require_registry: boolean;
}

export interface RuleDocument {
  readonly name: string;
  readonly priority: bigint;
  readonly effect: string;
  readonly action: string;
  readonly match: MatchDocument;
  readonly endpoint: EndpointDocument;
  readonly reason_codes: readonly string[];
  readonly violations: readonly string[];
  readonly min_approvals: bigint;
  readonly require_distinct_approvers: boolean;
  readonly require_context_evidence: boolean;
  readonly required_context_evidence_mode: string;
  readonly max_context_age_seconds: bigint;
  readonly require_broker_credential: boolean;
  readonly broker_reference: string;
  readonly broker_scopes: readonly string[];
  readonly rate_limit: LimitDocument;
  readonly destructive_budget: LimitDocument;
  readonly dataflow: DataflowDocument;
}

export interface MatchDocument {
  readonly tool_name: string;
  readonly tool_names: readonly string[];
  readonly risk_classes: readonly string[];
  readonly target_kinds: readonly string[];
  readonly target_values: readonly string[];
  readonly endpoint_class: readonly string[];
  readonly endpoint_classes: readonly string[];
  readonly discovery_method: readonly string[];
  readonly tool_annotations: AnnotationsDocument;
  readonly skill_publishers: readonly string[];
  readonly skill_sources: readonly string[];
  readonly data_classes: readonly string[];
  readonly destination_kinds: readonly string[];
  readonly destination_values: readonly string[];
  readonly destination_operations: readonly string[];
  readonly provenance_sources: readonly string[];
  readonly identities: readonly string[];
  readonly workspace_prefixes: readonly string[];
  readonly context_tool_names: readonly string[];
  readonly context_data_classes: readonly string[];
  readonly context_endpoint_classes: readonly string[];
  readonly context_autonomy_levels: readonly string[];
  readonly require_delegation: boolean;
  readonly allowed_delegator_identities: readonly string[];
  readonly allowed_delegate_identities: readonly string[];
  readonly delegation_scopes: readonly string[];
  readonly max_delegation_depth: bigint | null;
}

export interface AnnotationsDocument {
  readonly readOnlyHint: boolean | null;
  readonly destructiveHint: boolean | null;
  readonly idempotentHint: boolean | null;
  readonly openWorldHint: boolean | null;
}

export interface EndpointDocument {
  readonly enabled: boolean;
  readonly path_allowlist: readonly string[];
  readonly path_denylist: readonly string[];
  readonly domain_allowlist: readonly string[];
  readonly domain_denylist: readonly string[];
  readonly egress_classes: readonly string[];
  readonly action: string;
  readonly destructive_action: string;
  readonly reason_code: string;
  readonly violation: string;
}

export interface LimitDocument {
  readonly requests: bigint;
  readonly window: string;
  readonly scope: string;
}

export interface DataflowDocument {
  readonly enabled: boolean;
  readonly tainted_sources: readonly string[];
  readonly destination_kinds: readonly string[];
  readonly destination_values: readonly string[];
  readonly destination_operations: readonly string[];
  readonly action: string;
  readonly reason_code: string;
  readonly violation: string;
}
