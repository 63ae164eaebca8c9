import type { JsonObject } from "../formats/json/mod.ts";
import {
  budgetForm,
  dataflowForm,
  endpointForm,
  failClosedForm,
  matchForm,
  mcpTrustForm,
  rateLimitForm,
  scriptsForm,
} from "./policy_blocks.ts";
import { flag, integer, text, texts, word } from "./policy_forms.ts";

const VERDICTS = ["allow", "block", "dry_run", "require_approval"];

const given = (name: string): JsonObject => ({ required: [name] });

const ruleForm: JsonObject = {
  type: "object",
  description: "What happens to certain calls. The smallest priority with a matching rule decides.",
  properties: {
    name: text("Name of the rule, for traces and reasons. Required."),
    priority: {
      ...integer("Smaller comes first; rules of one priority are judged together.", { negative: true }),
      default: 0,
    },
    effect: word("The verdict. Required.", VERDICTS),
    action: word("Another name of effect.", VERDICTS),
    match: matchForm,
    endpoint: endpointForm,
    reason_codes: texts("Reasons to give; matched_rule_<name> when empty."),
    violations: texts("Violations to report."),
    min_approvals: integer("How many must approve; more than 1 must be different people."),
    require_distinct_approvers: flag("Approvals must come from different people."),
    require_context_evidence: flag("Block calls without evidence of their context."),
    required_context_evidence_mode: word("How strict that evidence must be.", ["", "required"]),
    max_context_age_seconds: integer("Oldest context that counts; 0 for any age."),
    require_broker_credential: flag("Allow only with a credential that a broker issues for this call."),
    broker_reference: text("Which credential the broker issues."),
    broker_scopes: texts("Scopes of that credential."),
    rate_limit: rateLimitForm,
    destructive_budget: budgetForm,
    dataflow: dataflowForm,
  },
  additionalProperties: false,
  required: ["name"],
  anyOf: [given("effect"), given("action")],
};

/** A policy file (docs/spec/gate.md section 1), for editors. */
export const policyForm: JsonObject = {
  type: "object",
  description: "What an agent may do: rules by priority, and a verdict for all calls that no rule matches.",
  properties: {
    schema_id: { ...text("What this file is: gait.gate.policy."), enum: ["gait.gate.policy", "", null] },
    schema_version: { ...text("Version of the policy language: 1.0.0."), enum: ["1.0.0", "", null] },
    default_verdict: word("What happens to calls that no rule matches.", VERDICTS, "require_approval"),
    default_action: word("Another name of default_verdict.", VERDICTS),
    scripts: scriptsForm,
    fail_closed: failClosedForm,
    mcp_trust: mcpTrustForm,
    rules: { description: "The rules, in any order.", type: ["array", "null"], items: ruleForm },
  },
  additionalProperties: false,
};
