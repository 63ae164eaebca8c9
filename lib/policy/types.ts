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
 * A policy in its two forms, both derived from the table of keys (lib/schema/policy). The document has every key of
 * the file with its default and is what `policy fmt` prints. The policy is what evaluation uses and what the digest
 * covers.
 */

/** A whole policy file, normalised, its rules in the order of evaluation. */
export type PolicyDocument = InputOf<typeof POLICY.keys>;
export type RuleDocument = InputOf<typeof RULE.keys>;

/** A whole policy (docs/spec/gate.md section 1). Only the reader creates one; later code does not check it again. */
export type Policy = OutputOf<typeof POLICY.keys>;
/** Rules are sorted by priority, then by name bytes; stable. */
export type Rule = OutputOf<typeof RULE.keys>;
/** The conditions under which a rule applies; an empty list or an absent value is no condition. */
export type Match = OutputOf<typeof MATCH.keys>;
export type ToolAnnotations = OutputOf<typeof ANNOTATIONS.keys>;
export type FailClosed = OutputOf<typeof FAIL_CLOSED.keys>;
export type ScriptLimits = OutputOf<typeof SCRIPTS.keys>;
/** Used only at the MCP boundary, but part of the digest. */
export type McpTrust = OutputOf<typeof MCP_TRUST.keys>;
/** The constraints of an enabled `endpoint` block on targets. */
export type EndpointRule = OutputOf<typeof ENDPOINT.keys>;
/** The constraints of an enabled `dataflow` block. */
export type DataflowRule = OutputOf<typeof DATAFLOW.keys>;
/** The most calls in a window, counted by scope. */
export type Limit = OutputOf<typeof RATE_LIMIT.keys>;
