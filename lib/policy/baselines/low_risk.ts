/** For agents that can do little harm: everything is allowed but what the rules stop (docs/spec/gate.md 6.1). */
export const LOW_RISK = `# Baseline for low risk: calls are allowed unless a rule below stops them.
# Rules are tried from the smallest priority up; the first that matches decides.

schema_id: gait.gate.policy
schema_version: 1.0.0
# gait-lint-ignore default-allow: this agent can do little harm, so only what the rules name is stopped
# gait-lint-ignore destructive-default: it has no tool that destroys but the one that is blocked below
default_verdict: allow
rules:
  # Deleting is never what this agent is for.
  - name: block-destructive-tool-delete
    priority: 10
    effect: block
    match:
      tool_names: [tool.delete]
    reason_codes: [destructive_tool_blocked]
    violations: [destructive_operation]

  # Writing needs the approval of one person.
  - name: require-approval-tool-write
    priority: 20
    effect: require_approval
    min_approvals: 1
    match:
      tool_names: [tool.write]
    reason_codes: [approval_required_for_write]
    violations: [approval_required]

  - name: allow-safe-tool-read
    priority: 30
    effect: allow
    match:
      tool_names: [tool.read]
    reason_codes: [safe_read_allowed]
`;
