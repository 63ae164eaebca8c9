import { APPROVE_WRITE, BLOCK_DELETE } from "./shared_rules.ts";

/** For agents that can do little harm: everything is allowed but what the rules stop (docs/spec/gate.md 6.1). */
export const LOW_RISK = `# Baseline for low risk: calls are allowed unless a rule below stops them.
# Rules are tried from the smallest priority up; the first that matches decides.

schema_id: gait.gate.policy
schema_version: 1.0.0
# gait-lint-ignore default-allow: this agent can do little harm, so only what the rules name is stopped
# gait-lint-ignore destructive-default: it has no tool that destroys but the one that is blocked below
default_verdict: allow
rules:
${BLOCK_DELETE}
${APPROVE_WRITE}
  - name: allow-safe-tool-read
    priority: 30
    effect: allow
    match:
      tool_names: [tool.read]
    reason_codes: [safe_read_allowed]
`;
