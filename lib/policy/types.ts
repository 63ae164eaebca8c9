import type {
  DATAFLOW,
  ENDPOINT,
  FAIL_CLOSED,
  MCP_TRUST,
  RATE_LIMIT,
  SCRIPTS,
} from "../schema/policy/blocks.ts";
import type { InputOf, OutputOf } from "../schema/policy/kinds.ts";
import type { ANNOTATIONS, MATCH } from "../schema/policy/match.ts";
import type { POLICY, RULE } from "../schema/policy/policy.ts";

/*
 * A policy in its two forms, both derived from the table of keys (lib/schema/policy). As written: every key of the
 * file with its default, which is what `policy fmt` prints. As meant: what decides and what the digest is made of.
 */

/** A whole policy file, normalised, its rules in the order of evaluation. */
export type PolicyDocument = InputOf<typeof POLICY.keys>;
export type RuleDocument = InputOf<typeof RULE.keys>;

/** A whole policy (docs/spec/gate.md section 1). Only reading makes one; nothing behind it checks again. */
export type Policy = OutputOf<typeof POLICY.keys>;
/** Rules are sorted by priority, then by name bytes; stable. */
export type Rule = OutputOf<typeof RULE.keys>;
/** What an intent must have for a rule to apply; an empty list and an absent value ask for nothing. */
export type Match = OutputOf<typeof MATCH.keys>;
export type ToolAnnotations = OutputOf<typeof ANNOTATIONS.keys>;
export type FailClosed = OutputOf<typeof FAIL_CLOSED.keys>;
export type ScriptLimits = OutputOf<typeof SCRIPTS.keys>;
/** Used at the MCP boundary only, but part of the digest. */
export type McpTrust = OutputOf<typeof MCP_TRUST.keys>;
/** What an enabled `endpoint` block demands of targets. */
export type EndpointRule = OutputOf<typeof ENDPOINT.keys>;
/** What an enabled `dataflow` block watches. */
export type DataflowRule = OutputOf<typeof DATAFLOW.keys>;
/** So many calls in a window, counted by scope. */
export type Limit = OutputOf<typeof RATE_LIMIT.keys>;
