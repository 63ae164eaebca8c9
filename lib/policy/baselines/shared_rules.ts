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

/** Reading is allowed for calls of some risk classes, as a YAML list writes them. */
export function allowRead(riskClasses: string): string {
  return `  # Reading is free as long as little is at stake.
  - name: allow-safe-tool-read
    priority: 30
    effect: allow
    match:
      tool_names: [tool.read]
      risk_classes: [${riskClasses}]
    reason_codes: [safe_read_allowed]
`;
}

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
