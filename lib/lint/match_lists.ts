import { PROVENANCE_SOURCES, TARGET_KINDS } from "../schema/intent_words.ts";
import type { Match } from "../policy/types.ts";

/** A list in a `match` block. */
export interface MatchList {
  /** As a policy writes it. */
  readonly key: string;
  /** Another key whose values join the list. */
  readonly alias?: string;
  readonly values: (match: Match) => readonly string[];
  /** What the values are compared with: lists about the same thing bear on each other. */
  readonly about: string;
  /** All values that can occur, where that set is closed and reading the policy does not check it. */
  readonly closed?: readonly string[];
  /** Values are compared whole. */
  readonly exact: boolean;
}

const list = (
  key: string,
  values: MatchList["values"],
  about: string,
  { closed, alias, exact = true }: { closed?: readonly string[]; alias?: string; exact?: boolean } = {},
): MatchList => ({
  key,
  values,
  about,
  exact,
  ...(alias === undefined ? {} : { alias }),
  ...(closed === undefined ? {} : { closed }),
});

/** The lists of `match` (docs/spec/gate.md 1.3), apart from hints and delegation depth. */
export const MATCH_LISTS: readonly MatchList[] = [
  list("tool_names", (match) => match.toolNames, "tool", { alias: "tool_name" }),
  list("risk_classes", (match) => match.riskClasses, "risk class"),
  list("identities", (match) => match.identities, "identity"),
  list("target_kinds", (match) => match.targetKinds, "kind", { closed: TARGET_KINDS }),
  list("destination_kinds", (match) => match.destinationKinds, "kind", { closed: TARGET_KINDS }),
  list("target_values", (match) => match.targetValues, "value"),
  list("destination_values", (match) => match.destinationValues, "value"),
  list("destination_operations", (match) => match.destinationOperations, "operation"),
  list("endpoint_classes", (match) => match.endpointClasses, "endpoint class", { alias: "endpoint_class" }),
  list("discovery_method", (match) => match.discoveryMethods, "discovery method"),
  list("data_classes", (match) => match.dataClasses, "sensitivity"),
  list("skill_publishers", (match) => match.skillPublishers, "publisher"),
  list("skill_sources", (match) => match.skillSources, "skill source"),
  list("provenance_sources", (match) => match.provenanceSources, "source", { closed: PROVENANCE_SOURCES }),
  list("workspace_prefixes", (match) => match.workspacePrefixes, "workspace", { exact: false }),
  list("context_tool_names", (match) => match.contextToolNames, "claimed tool"),
  list("context_data_classes", (match) => match.contextDataClasses, "claimed data class"),
  list("context_endpoint_classes", (match) => match.contextEndpointClasses, "claimed endpoint class"),
  list("context_autonomy_levels", (match) => match.contextAutonomyLevels, "claimed autonomy"),
  list("allowed_delegator_identities", (match) => match.allowedDelegatorIdentities, "delegator"),
  list("allowed_delegate_identities", (match) => match.allowedDelegateIdentities, "delegate"),
  list("delegation_scopes", (match) => match.delegationScopes, "delegation scope"),
];
