import { allowRead, BLOCK_DELETE } from "./shared_rules.ts";

/** For agents that can do lasting harm: what no rule allows is blocked (docs/spec/gate.md 6.1). */
export const HIGH_RISK = `# Baseline for high risk: a call that no rule below allows is blocked.
# Rules are tried from the smallest priority up; the first that matches decides.
# Before you use it with --profile oss-prod, give allow-delegated-egress-write and destructive-budget-guard
# require_broker_credential: that profile lets nothing risky pass without one.

schema_id: gait.gate.policy
schema_version: 1.0.0
default_verdict: block

# A critical call that does not say what it touches, and where its arguments come from, is not judged at all.
fail_closed:
  enabled: true
  risk_classes: [critical]
  required_fields: [targets, arg_provenance]

rules:
${BLOCK_DELETE}
  # What came from outside must not leave again: the usual way in which data is stolen through an agent.
  - name: block-tainted-egress-write
    priority: 12
    effect: block
    match:
      tool_names: [tool.write]
      target_kinds: [host, url, bucket]
      provenance_sources: [external, tool_output]
    reason_codes: [blocked_tainted_egress]
    violations: [tainted_data_exfiltration]

  # The specialist may write to the outside when the lead has handed the task over.
  - name: allow-delegated-egress-write
    priority: 15
    effect: allow
    match:
      tool_names: [tool.write]
      risk_classes: [high, critical]
      target_kinds: [host, url, bucket]
      require_delegation: true
      allowed_delegator_identities: [agent.lead]
      allowed_delegate_identities: [agent.specialist]
      delegation_scopes: [write]
      max_delegation_depth: 2
    reason_codes: [delegated_egress_write_allowed]

  # Nobody else may.
  - name: block-undelegated-egress-write
    priority: 16
    effect: block
    match:
      tool_names: [tool.write]
      target_kinds: [host, url, bucket]
    reason_codes: [delegation_required_for_egress_write]
    violations: [missing_or_invalid_delegation]

  # At most three destructive calls an hour for each identity. As the endpoint block names no action of its own,
  # a destructive call is blocked here (see: gait policy lint).
  - name: destructive-budget-guard
    priority: 18
    effect: require_approval
    match:
      risk_classes: [high, critical]
    endpoint:
      enabled: true
      # gait-lint-ignore destructive-action-blocks: the budget is a last line; nobody approves beyond it
      destructive_action: require_approval
      reason_code: destructive_operation_requires_approval
      violation: destructive_operation
    destructive_budget: {requests: 3, window: hour, scope: identity}
    reason_codes: [destructive_budget_guard]
    violations: [destructive_operation]

  # Any other write needs the approval of two people, and a credential made for this one call.
  # gait-lint-ignore partly-shadowed-rule: writes of high risk go through the budget above
  - name: require-approval-tool-write
    priority: 20
    effect: require_approval
    min_approvals: 2
    require_distinct_approvers: true
    require_broker_credential: true
    broker_reference: highrisk-egress
    broker_scopes: [write]
    match:
      tool_names: [tool.write]
    reason_codes: [approval_required_for_write]
    violations: [approval_required]

${allowRead("low")}`;
