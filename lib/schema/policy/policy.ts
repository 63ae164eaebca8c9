import { VERDICTS } from "../verdict.ts";
import {
  DATAFLOW,
  DESTRUCTIVE_BUDGET,
  ENDPOINT,
  FAIL_CLOSED,
  MCP_TRUST,
  RATE_LIMIT,
  SCRIPTS,
} from "./blocks.ts";
import { block, type ConstantRow, lset, plain, set, text, word } from "./kinds.ts";
import { MATCH } from "./match.ts";

/** The keys of a rule (docs/spec/gate.md 1.2.4). */
export const RULE = block({
  name: text({ always: true, required: true }),
  priority: plain("integer", { always: true }),
  effect: word(VERDICTS, { always: true, required: true }),
  action: word(VERDICTS, { aliasOf: "effect" }),
  match: MATCH,
  endpoint: ENDPOINT,
  reason_codes: set({ always: true }),
  violations: set({ always: true }),
  min_approvals: plain("natural"),
  require_distinct_approvers: plain("flag"),
  require_context_evidence: plain("flag"),
  required_context_evidence_mode: word(["required"]),
  max_context_age_seconds: plain("natural"),
  require_broker_credential: plain("flag"),
  broker_reference: text(),
  broker_scopes: lset(),
  rate_limit: RATE_LIMIT,
  destructive_budget: DESTRUCTIVE_BUDGET,
  dataflow: DATAFLOW,
}, {
  complete(rule, addMistake) {
    if (rule.name === "") addMistake("name", `A rule needs a "name"`);
    if (rule.effect === "") addMistake("effect", `Rule "${rule.name}" needs an "effect"`);
    return {
      // Two approvals by the same person count as one.
      require_distinct_approvers: rule.require_distinct_approvers || rule.min_approvals > 1n,
      required_context_evidence_mode: rule.required_context_evidence_mode ||
        (rule.require_context_evidence ? "required" : ""),
    };
  },
});

const schemaId: ConstantRow = { kind: "constant", value: "gait.gate.policy", digest: "SchemaID" };
const schemaVersion: ConstantRow = { kind: "constant", value: "1.0.0" };

/** The keys of a policy file (docs/spec/gate.md 1.2). */
export const POLICY = block({
  schema_id: schemaId,
  schema_version: schemaVersion,
  default_verdict: word(VERDICTS, { always: true, fallback: "require_approval" }),
  default_action: word(VERDICTS, { aliasOf: "default_verdict" }),
  scripts: SCRIPTS,
  fail_closed: FAIL_CLOSED,
  mcp_trust: MCP_TRUST,
  context_facts: word(["inventory_only"], { sparse: true }),
  rules: { kind: "blocks", what: "a rule", block: RULE, always: true },
});
