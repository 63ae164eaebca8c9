import { APPROVE_WRITE, BLOCK_DELETE } from "./shared_rules.ts";

/** For agents that touch what others rely on: what no rule allows needs an approval (docs/spec/gate.md 6.1). */
export const MEDIUM_RISK = `# Baseline for medium risk: a call that no rule below allows needs an approval.
# Rules are tried from the smallest priority up; the first that matches decides.

schema_id: gait.gate.policy
schema_version: 1.0.0
default_verdict: require_approval
rules:
${BLOCK_DELETE}
${APPROVE_WRITE}
  # Reading is free as long as little is at stake.
  - name: allow-safe-tool-read
    priority: 30
    effect: allow
    match:
      tool_names: [tool.read]
      risk_classes: [low, medium]
    reason_codes: [safe_read_allowed]
`;
