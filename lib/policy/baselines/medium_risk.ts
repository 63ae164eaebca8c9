import { allowRead, APPROVE_WRITE, BLOCK_DELETE } from "./shared_rules.ts";

/** For agents that touch what others rely on: what no rule allows needs an approval (docs/spec/gate.md 6.1). */
export const MEDIUM_RISK = `# Baseline for medium risk: a call that no rule below allows needs an approval.
# Rules are tried from the smallest priority up; the first that matches decides.

schema_id: gait.gate.policy
schema_version: 1.0.0
default_verdict: require_approval
rules:
${BLOCK_DELETE}
${APPROVE_WRITE}
${allowRead("low, medium")}`;
