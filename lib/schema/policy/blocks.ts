import { ENDPOINT_CLASSES, PROVENANCE_SOURCES, RISK_CLASSES, TARGET_KINDS } from "../intent_words.ts";
import { block, lset, plain, set, text, word } from "./kinds.ts";

const ACTIONS = ["block", "require_approval"] as const;
const RISKY = ["critical", "high"];

/** Enables its block by itself. */
const enabled = plain("flag", { always: true, turnsOn: true });

/** `scripts` (docs/spec/gate.md 1.2.1). */
export const SCRIPTS = block({
  max_steps: plain("natural", { always: true, turnsOn: true }),
  require_approval_above: plain("natural", { always: true, turnsOn: true }),
  block_mixed_risk: plain("flag", { always: true, turnsOn: true }),
});

/** `fail_closed` (docs/spec/gate.md 1.2.2). */
export const FAIL_CLOSED = block({
  enabled,
  risk_classes: lset({ always: true, usual: RISK_CLASSES, fallback: RISKY }),
  required_fields: lset({
    always: true,
    words: ["targets", "arg_provenance", "endpoint_class", "delegation", "context_evidence"],
  }),
}, { kept: true });

/** `mcp_trust` (docs/spec/gate.md 1.2.3): any member enables it. */
export const MCP_TRUST = block({
  enabled,
  snapshot: text({ always: true, turnsOn: true, digest: "SnapshotPath" }),
  action: word(ACTIONS, { always: true, turnsOn: true, fallback: "block" }),
  required_risk_classes: lset({ always: true, turnsOn: true, usual: RISK_CLASSES, fallback: RISKY }),
  min_score: plain("share", { always: true, turnsOn: true }),
  max_age: plain("duration", { always: true, turnsOn: true }),
  publisher_allowlist: lset({ always: true, turnsOn: true }),
  require_registry: plain("flag", { always: true, turnsOn: true }),
}, {
  digest: "MCPTrust",
  complete({ snapshot }, addMistake) {
    if (snapshot === "") addMistake("snapshot", `"mcp_trust" needs "snapshot", the file of trusted servers`);
  },
});

/** `endpoint` (docs/spec/gate.md 1.4). */
export const ENDPOINT = block({
  enabled,
  path_allowlist: set({ about: "path", always: true, turnsOn: true }),
  path_denylist: set({ about: "path", always: true, turnsOn: true }),
  domain_allowlist: lset({ about: "domain", always: true, turnsOn: true }),
  domain_denylist: lset({ about: "domain", always: true, turnsOn: true }),
  egress_classes: lset({
    about: "egress class",
    always: true,
    turnsOn: true,
    words: ENDPOINT_CLASSES.filter((name) => name.startsWith("net.")),
  }),
  check_args: plain("flag", { sparse: true }),
  action: word(ACTIONS, { always: true, fallback: "block" }),
  destructive_action: word(ACTIONS, { always: true, turnsOn: true }),
  reason_code: text({ always: true, fallback: "endpoint_constraint_violation" }),
  violation: text({ always: true, fallback: "endpoint_constraint_violation" }),
});

/** `dataflow` (docs/spec/gate.md 1.5). */
export const DATAFLOW = block({
  enabled,
  tainted_sources: lset({
    always: true,
    turnsOn: true,
    possible: PROVENANCE_SOURCES,
    fallback: ["external", "tool_output"],
  }),
  destination_kinds: lset({ turnsOn: true, possible: TARGET_KINDS }),
  destination_values: set({ turnsOn: true }),
  destination_operations: lset({ turnsOn: true }),
  action: word(ACTIONS, { always: true, fallback: "require_approval" }),
  reason_code: text({ always: true, fallback: "dataflow_tainted_destination" }),
  violation: text({ always: true, fallback: "tainted_dataflow" }),
});

const WINDOWS = ["minute", "hour"] as const;
const SCOPES = ["tool", "identity", "tool_identity"] as const;

/** `rate_limit` (docs/spec/gate.md 1.2.4). */
export const RATE_LIMIT = block({
  requests: plain("natural", { turnsOn: true }),
  window: word(WINDOWS, { fallback: "minute" }),
  scope: word(SCOPES, { fallback: "tool_identity" }),
});

/** `destructive_budget` (docs/spec/gate.md 1.2.4): a non-empty budget must have a number. */
export const DESTRUCTIVE_BUDGET = block({
  requests: plain("natural", { turnsOn: true }),
  window: word(WINDOWS, { turnsOn: true, fallback: "minute" }),
  scope: word(SCOPES, { turnsOn: true, fallback: "tool_identity" }),
}, {
  complete({ requests }, addMistake) {
    if (requests === 0n) addMistake("", `"destructive_budget" needs "requests" of at least 1`);
  },
});
