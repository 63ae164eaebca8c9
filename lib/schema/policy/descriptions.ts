import type { Block, BlocksRow, Keys } from "./kinds.ts";
import type { MATCH } from "./match.ts";
import type { POLICY, RULE } from "./policy.ts";

/*
 * What editors tell about each key of a policy. Apart from the table of keys, so that deciding a call loads no prose;
 * the type wants a text for every row.
 */

/** A text for a key; for a block what it is for, and a text for each of its keys. */
export type Descriptions<K extends Keys = Keys> = { readonly [N in keyof K]: Description<K[N]> };

type Description<R> = R extends Block<infer K> ? DescribedBlock<K>
  : R extends BlocksRow<infer K> ? DescribedBlock<K> & { readonly item: string }
  : string;

/** A block and its keys. */
export interface DescribedBlock<K extends Keys = Keys> {
  readonly is: string;
  readonly keys: Descriptions<K>;
}

const LIMIT = {
  requests: "Calls in a window; 0 turns it off.",
  window: "How long a window is: minute or hour.",
  scope: "What is counted together: tool, identity or tool_identity.",
};

const MATCH_KEYS: Descriptions<typeof MATCH.keys> = {
  tool_name: "One more tool for tool_names.",
  tool_names: "Tools by their whole name; case does not count.",
  risk_classes: "Risk classes of the call.",
  target_kinds: "Some target is of this kind.",
  target_values: "Some target has exactly this value; case counts.",
  endpoint_class: "More values for endpoint_classes.",
  endpoint_classes: "Some target is of this class.",
  discovery_method: "Some target was found in this way.",
  tool_annotations: {
    is: "Some target has exactly these hints of its tool.",
    keys: {
      readOnlyHint: "The tool only reads.",
      destructiveHint: "The tool can destroy.",
      idempotentHint: "Calling it twice is like calling it once.",
      openWorldHint: "The tool reaches outside.",
    },
  },
  skill_publishers: "Publisher of the skill that makes the call.",
  skill_sources: "Source of the skill that makes the call.",
  data_classes: "Some target has this sensitivity.",
  destination_kinds: "Some target is of this kind.",
  destination_values: "Some target has exactly this value; case counts.",
  destination_operations: "Some target is used in this way, e.g. write.",
  provenance_sources: "Some argument comes from here.",
  identities: "Who calls; case counts.",
  workspace_prefixes: "Begin of the workspace path, with / as separator.",
  context_tool_names:
    "Tool as the inventory has it. A caller can claim it, unless context_facts is inventory_only.",
  context_data_classes:
    "Data class as the inventory has it. A caller can claim it, unless context_facts is inventory_only.",
  context_endpoint_classes:
    "Endpoint class as the inventory has it. A caller can claim it, unless context_facts is inventory_only.",
  context_autonomy_levels:
    "Autonomy level as the inventory has it. A caller can claim it, unless context_facts is inventory_only.",
  require_delegation: "Only calls with a delegation; a token must prove it.",
  allowed_delegator_identities: "Some link of the delegation comes from one of these.",
  allowed_delegate_identities: "The delegation is for one of these.",
  delegation_scopes: "Scope of the delegation or of one of its links.",
  max_delegation_depth: "Most links of a delegation; 0 is a limit too.",
};

const RULE_KEYS: Descriptions<typeof RULE.keys> = {
  name: "Name of the rule, for traces and reasons. Required.",
  priority: "Smaller comes first; rules of one priority are evaluated together.",
  effect: "The verdict. Required.",
  action: "Another name of effect.",
  match: {
    is:
      "What a call must be for the rule to apply: all keys must hold, each by any of its values. Without it, any call.",
    keys: MATCH_KEYS,
  },
  endpoint: {
    is: "Where targets may be. Any list and destructive_action turn it on.",
    keys: {
      enabled: "Turns the block on.",
      path_allowlist:
        "Paths that are allowed: exact, <folder>/**, or a glob. Paths are compared cleaned of `..`.",
      path_denylist: "Paths that are denied: exact, <folder>/**, or a glob.",
      domain_allowlist: "Domains that are allowed: exact, *.<domain>, or a glob.",
      domain_denylist: "Domains that are denied: exact, *.<domain>, or a glob.",
      egress_classes: "Network classes that are allowed.",
      check_args:
        "Compare the paths and addresses in arguments with the lists, too, not only those of targets.",
      action: "What happens otherwise: block or require_approval.",
      destructive_action:
        "What happens to destructive targets. The stricter of this and action counts, so with the default action it always blocks.",
      reason_code: "Reason to give; endpoint_constraint_violation by default.",
      violation: "Violation to report; endpoint_constraint_violation by default.",
    },
  },
  reason_codes: "Reasons to give; matched_rule_<name> when empty.",
  violations: "Violations to report.",
  min_approvals: "How many must approve; more than 1 must be different people.",
  require_distinct_approvers: "Approvals must come from different people.",
  require_context_evidence: "Block calls without evidence of their context.",
  required_context_evidence_mode: "How strict that evidence must be.",
  max_context_age_seconds: "Oldest context that counts; 0 for any age.",
  require_broker_credential: "Allow only with a credential that a broker issues for this call.",
  broker_reference: "Which credential the broker issues.",
  broker_scopes: "Scopes of that credential.",
  rate_limit: { is: "Most calls in a window.", keys: LIMIT },
  destructive_budget: { is: "Most destructive calls in a window.", keys: LIMIT },
  dataflow: {
    is: "What happens when tainted arguments flow to certain targets. Any list turns it on.",
    keys: {
      enabled: "Turns the block on.",
      tainted_sources: "Sources that taint; external and tool_output when empty.",
      destination_kinds: "Kinds of targets to watch; outward ones when no destination is given.",
      destination_values: "Values of targets to watch.",
      destination_operations: "Operations to watch.",
      action: "Least strict verdict then: block or require_approval.",
      reason_code: "Reason to give; dataflow_tainted_destination by default.",
      violation: "Violation to report; tainted_dataflow by default.",
    },
  },
};

/** A policy file. */
export const POLICY_DESCRIBED: DescribedBlock<typeof POLICY.keys> = {
  is: "What an agent may do: rules by priority, and a verdict for all calls that no rule matches.",
  keys: {
    schema_id: "What this file is: gait.gate.policy.",
    schema_version: "Version of the policy language: 1.0.0.",
    default_verdict: "What happens to calls that no rule matches.",
    default_action: "Another name of default_verdict.",
    scripts: {
      is: "Limits for scripts of several calls.",
      keys: {
        max_steps: "Longer scripts are blocked; 0 stands for 64.",
        require_approval_above: "Scripts with more steps need approval; 0 turns it off.",
        block_mixed_risk: "Block scripts whose steps differ in risk.",
      },
    },
    fail_closed: {
      is: "Block risky calls that don't say enough, before any rule is looked at.",
      keys: {
        enabled: "Turns the block on.",
        risk_classes: "Risk classes it is for; critical and high when empty.",
        required_fields: "What such a call must have.",
      },
    },
    mcp_trust: {
      is: "Which MCP servers are trusted; used at the MCP boundary only.",
      keys: {
        enabled: "Turns the block on; any other setting does too.",
        snapshot: "File of the trusted servers. Required.",
        action: "What happens to calls of servers that are not trusted.",
        required_risk_classes: "Risk classes it is for; critical and high when empty.",
        min_score: "Smallest score of a server, from 0 to 1.",
        max_age: "Longest age of the snapshot: 90m, 24h, 1h30m.",
        publisher_allowlist: "Publishers that are trusted.",
        require_registry: "Trust only servers of a registry.",
      },
    },
    context_facts:
      "inventory_only: what a caller claims meets no context_* key of a rule that allows, only what an inventory says.",
    rules: {
      is: "The rules, in any order.",
      item: "What happens to certain calls. The smallest priority with a matching rule decides.",
      keys: RULE_KEYS,
    },
  },
};
