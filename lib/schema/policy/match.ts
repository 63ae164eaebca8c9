import {
  DISCOVERY_METHODS,
  ENDPOINT_CLASSES,
  PROVENANCE_SOURCES,
  RISK_CLASSES,
  TARGET_KINDS,
} from "../intent_words.ts";
import { block, lset, plain, set, text } from "./kinds.ts";

/** Annotations of tools, compared for equality. */
export const ANNOTATIONS = block({
  readOnlyHint: plain("hint"),
  destructiveHint: plain("hint"),
  idempotentHint: plain("hint"),
  openWorldHint: plain("hint"),
});

/**
 * The keys of `match` (docs/spec/gate.md 1.3): all must hold, each list by any of its items. What a list is about is
 * looked up in an intent by lib/evaluate/match_facts.ts.
 */
export const MATCH = block({
  tool_name: text({ aliasOf: "tool_names" }),
  tool_names: lset({ about: "tool", always: true }),
  risk_classes: lset({ about: "risk class", always: true, usual: RISK_CLASSES }),
  target_kinds: lset({ about: "kind", always: true, possible: TARGET_KINDS }),
  target_values: set({ about: "value", always: true }),
  endpoint_class: lset({ aliasOf: "endpoint_classes", words: ENDPOINT_CLASSES }),
  endpoint_classes: lset({ about: "endpoint class", words: ENDPOINT_CLASSES }),
  discovery_method: lset({ about: "discovery method", words: DISCOVERY_METHODS, digest: "DiscoveryMethods" }),
  tool_annotations: ANNOTATIONS,
  skill_publishers: lset({ about: "publisher" }),
  skill_sources: lset({ about: "skill source" }),
  data_classes: lset({ about: "sensitivity" }),
  destination_kinds: lset({ about: "kind", possible: TARGET_KINDS }),
  destination_values: set({ about: "value" }),
  destination_operations: lset({ about: "operation", digest: "DestinationOps" }),
  provenance_sources: lset({ about: "source", always: true, possible: PROVENANCE_SOURCES }),
  identities: set({ about: "identity", always: true }),
  workspace_prefixes: set({ about: "workspace", always: true }),
  context_tool_names: lset({ about: "claimed tool" }),
  context_data_classes: lset({ about: "claimed data class" }),
  context_endpoint_classes: lset({ about: "claimed endpoint class" }),
  context_autonomy_levels: lset({ about: "claimed autonomy" }),
  require_delegation: plain("flag"),
  allowed_delegator_identities: set({ about: "delegator" }),
  allowed_delegate_identities: set({ about: "delegate" }),
  delegation_scopes: lset({ about: "delegation scope" }),
  max_delegation_depth: plain("bound"),
}, { always: true });

type AboutOf<R> = R extends { about: infer A extends string } ? A : never;

/** The facts that lists of `match` can be about. */
export type About = AboutOf<typeof MATCH.keys[keyof typeof MATCH.keys]>;
