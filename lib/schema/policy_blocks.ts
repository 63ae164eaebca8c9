import type { JsonObject } from "../formats/json/mod.ts";
import {
  DISCOVERY_METHODS,
  ENDPOINT_CLASSES,
  PROVENANCE_SOURCES,
  RISK_CLASSES,
  TARGET_KINDS,
} from "./intent_words.ts";
import {
  block,
  FILLED,
  flag,
  integer,
  oneOf,
  POSITIVE,
  share,
  text,
  texts,
  whenFilled,
  word,
  words,
} from "./policy_forms.ts";

const ACTIONS = ["block", "require_approval"];
const WINDOWS = ["minute", "hour"];
const SCOPES = ["tool", "identity", "tool_identity"];

/** `fail_closed` (docs/spec/gate.md 1.2.2). */
export const failClosedForm = block(
  "Block risky calls that don't say enough, before any rule is looked at.",
  {
    enabled: flag("Turns the block on."),
    risk_classes: texts("Risk classes it is for; critical and high when empty.", RISK_CLASSES),
    required_fields: words("What such a call must have.", [
      "targets",
      "arg_provenance",
      "endpoint_class",
      "delegation",
      "context_evidence",
    ]),
  },
);

/** `scripts` (docs/spec/gate.md 1.2.1). */
export const scriptsForm = block("Limits for scripts of several calls.", {
  max_steps: integer("Longer scripts are blocked; 0 stands for 64."),
  require_approval_above: integer("Scripts with more steps need approval; 0 turns it off."),
  block_mixed_risk: flag("Block scripts whose steps differ in risk."),
});

/** `mcp_trust` (docs/spec/gate.md 1.2.3). */
export const mcpTrustForm = block("Which MCP servers are trusted; used at the MCP boundary only.", {
  enabled: flag("Turns the block on; any other setting does too."),
  snapshot: text("File of the trusted servers. Required."),
  action: word("What happens to calls of servers that are not trusted.", ACTIONS, "block"),
  required_risk_classes: texts("Risk classes it is for; critical and high when empty.", RISK_CLASSES),
  min_score: share("Smallest score of a server, from 0 to 1."),
  max_age: text("Longest age of the snapshot: 90m, 24h, 1h30m."),
  publisher_allowlist: texts("Publishers that are trusted."),
  require_registry: flag("Trust only servers of a registry."),
});

/** `match` (docs/spec/gate.md 1.3). */
export const matchForm = block(
  "What a call must be for the rule to apply: all keys must hold, each by any of its values. Without it, any call.",
  {
    tool_name: text("One more tool for tool_names."),
    tool_names: texts("Tools by their whole name; case does not count."),
    risk_classes: texts("Risk classes of the call.", RISK_CLASSES),
    target_kinds: texts("Some target is of this kind.", TARGET_KINDS),
    target_values: texts("Some target has exactly this value; case counts."),
    endpoint_class: words("More values for endpoint_classes.", ENDPOINT_CLASSES),
    endpoint_classes: words("Some target is of this class.", ENDPOINT_CLASSES),
    discovery_method: words("Some target was found in this way.", DISCOVERY_METHODS),
    tool_annotations: block("Some target has exactly these hints of its tool.", {
      readOnlyHint: flag("The tool only reads."),
      destructiveHint: flag("The tool can destroy."),
      idempotentHint: flag("Calling it twice is like calling it once."),
      openWorldHint: flag("The tool reaches outside."),
    }),
    skill_publishers: texts("Publisher of the skill that makes the call."),
    skill_sources: texts("Source of the skill that makes the call."),
    data_classes: texts("Some target has this sensitivity."),
    destination_kinds: texts("Some target is of this kind.", TARGET_KINDS),
    destination_values: texts("Some target has exactly this value; case counts."),
    destination_operations: texts("Some target is used in this way, e.g. write."),
    provenance_sources: texts("Some argument comes from here.", PROVENANCE_SOURCES),
    identities: texts("Who calls; case counts."),
    workspace_prefixes: texts("Begin of the workspace path, with / as separator."),
    context_tool_names: texts("Tool as the inventory has it. A caller can claim it."),
    context_data_classes: texts("Data class as the inventory has it. A caller can claim it."),
    context_endpoint_classes: texts("Endpoint class as the inventory has it. A caller can claim it."),
    context_autonomy_levels: texts("Autonomy level as the inventory has it. A caller can claim it."),
    require_delegation: flag("Only calls with a delegation; a token must prove it."),
    allowed_delegator_identities: texts("Some link of the delegation comes from one of these."),
    allowed_delegate_identities: texts("The delegation is for one of these."),
    delegation_scopes: texts("Scope of the delegation or of one of its links."),
    max_delegation_depth: integer("Most links of a delegation; 0 is a limit too."),
  },
);

/** `endpoint` (docs/spec/gate.md 1.4). */
export const endpointForm = block(
  "Where targets may be. Any list and destructive_action turn it on.",
  {
    enabled: flag("Turns the block on."),
    path_allowlist: texts(
      "Paths that are allowed: exact, <folder>/**, or a glob. Paths are not cleaned of `..`.",
    ),
    path_denylist: texts("Paths that are denied: exact, <folder>/**, or a glob."),
    domain_allowlist: texts("Domains that are allowed: exact, *.<domain>, or a glob."),
    domain_denylist: texts("Domains that are denied: exact, *.<domain>, or a glob."),
    egress_classes: words(
      "Network classes that are allowed.",
      ENDPOINT_CLASSES.filter((name) => name.startsWith("net.")),
    ),
    action: { ...text("What happens otherwise: block or require_approval."), default: "block" },
    destructive_action: word(
      "What happens to destructive targets. The stricter of this and action counts, so with the default action " +
        "it always blocks.",
      ["", ...ACTIONS],
    ),
    reason_code: text("Reason to give; endpoint_constraint_violation by default."),
    violation: text("Violation to report; endpoint_constraint_violation by default."),
  },
  whenFilled({
    enabled: { const: true },
    path_allowlist: FILLED,
    path_denylist: FILLED,
    domain_allowlist: FILLED,
    domain_denylist: FILLED,
    egress_classes: FILLED,
    destructive_action: { type: "string", pattern: "\\S" },
  }, { action: oneOf(ACTIONS) }),
);

/** `dataflow` (docs/spec/gate.md 1.5). */
export const dataflowForm = block(
  "What happens when tainted arguments flow to certain targets. Any list turns it on.",
  {
    enabled: flag("Turns the block on."),
    tainted_sources: texts("Sources that taint; external and tool_output when empty.", PROVENANCE_SOURCES),
    destination_kinds: texts(
      "Kinds of targets to watch; outward ones when no destination is given.",
      TARGET_KINDS,
    ),
    destination_values: texts("Values of targets to watch."),
    destination_operations: texts("Operations to watch."),
    action: { ...text("Least strict verdict then: block or require_approval."), default: "require_approval" },
    reason_code: text("Reason to give; dataflow_tainted_destination by default."),
    violation: text("Violation to report; tainted_dataflow by default."),
  },
  whenFilled({
    enabled: { const: true },
    tainted_sources: FILLED,
    destination_kinds: FILLED,
    destination_values: FILLED,
    destination_operations: FILLED,
  }, { action: oneOf(ACTIONS) }),
);

const limitMembers = (window: JsonObject, scope: JsonObject): JsonObject => ({
  requests: integer("Calls in a window; 0 turns it off."),
  window: { ...window, description: "How long a window is: minute or hour.", default: "minute" },
  scope: {
    ...scope,
    description: "What is counted together: tool, identity or tool_identity.",
    default: "tool_identity",
  },
});

const anyWord = (offered: readonly string[]): JsonObject => ({
  anyOf: [{ enum: [...offered] }, { type: ["string", "number", "boolean", "null"] }],
});

/** `rate_limit` (docs/spec/gate.md 1.2.4); checked only when it limits. */
export const rateLimitForm = block(
  "Most calls in a window.",
  limitMembers(anyWord(WINDOWS), anyWord(SCOPES)),
  whenFilled({ requests: POSITIVE }, { window: oneOf(WINDOWS), scope: oneOf(SCOPES) }),
);

/** `destructive_budget` (docs/spec/gate.md 1.2.4). */
export const budgetForm = block(
  "Most destructive calls in a window.",
  limitMembers(oneOf(WINDOWS), oneOf(SCOPES)),
);
