/** Rules that several baselines have (docs/spec/gate.md 6.1). */

/** Nothing is deleted. */
export const BLOCK_DELETE = `  # Deleting is never what this agent is for.
  - name: block-destructive-tool-delete
    priority: 10
    effect: block
    match:
      tool_names: [tool.delete]
    reason_codes: [destructive_tool_blocked]
    violations: [destructive_operation]
`;

/** Writing needs one approval. */
export const APPROVE_WRITE = `  # Writing needs the approval of one person.
  - name: require-approval-tool-write
    priority: 20
    effect: require_approval
    min_approvals: 1
    match:
      tool_names: [tool.write]
    reason_codes: [approval_required_for_write]
    violations: [approval_required]
`;
