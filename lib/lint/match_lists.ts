import { PROVENANCE_SOURCES, TARGET_KINDS } from "../schema/intent_words.ts";
import type { Match, Rule } from "../policy/types.ts";
import { foldPath } from "../evaluate/compare/path.ts";
import { normalPrefix } from "../evaluate/facts.ts";
import { isGuard } from "../evaluate/match.ts";

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
  list("discovery_method", (match) => match.discoveryMethod, "discovery method"),
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

/** Conditions of a `match` block, in a form in which one can be told to follow from another. */
export interface Conditions {
  /** One bit for each thing that is asked about. */
  readonly mask: number;
  /** Lists by what they are about; of each, some value must be met. */
  readonly lists: ReadonlyMap<string, readonly ReadonlySet<string>[]>;
  /** As they are compared. */
  readonly prefixes: readonly string[];
  /** Matches more spellings of values and workspaces than a rule that lets calls pass. */
  readonly guards: boolean;
  readonly depth: number;
}

const DELEGATED = "delegation";
const DEPTH = "delegation depth";
/** Prefixes of workspaces, of which one follows from a longer one: no list of values. */
export const WORKSPACE = "workspace";
const VALUE = "value";
const ABOUT_DELEGATION = ["delegator", "delegate", "delegation scope"];

/** What conditions can be about, each with its bit. */
const BITS: ReadonlyMap<string, number> = new Map(
  [
    ...new Set([
      ...MATCH_LISTS.map(({ about }) => about),
      "readOnlyHint",
      "destructiveHint",
      "idempotentHint",
      "openWorldHint",
      DELEGATED,
      DEPTH,
    ]),
  ].map((about, bit) => [about, 1 << bit]),
);

/** The mask of conditions about this one thing. */
export function maskOf(about: string): number {
  return BITS.get(about)!;
}

/** The conditions of a `match` block; none for one that matches everything. */
export function conditionsOf({ match, effect }: Pick<Rule, "match" | "effect">): Conditions {
  const lists = new Map<string, ReadonlySet<string>[]>();
  let mask = 0;
  const ask = (about: string) => mask |= maskOf(about);
  const prefixes = match.workspacePrefixes.map(normalPrefix);
  for (const { about, values } of MATCH_LISTS) {
    // Rules are found by the prefixes as they are compared.
    const wanted = about === WORKSPACE ? prefixes : values(match);
    if (wanted.length === 0) continue;
    ask(about);
    if (ABOUT_DELEGATION.includes(about)) ask(DELEGATED);
    const sets = lists.get(about) ?? [];
    sets.push(new Set(wanted));
    lists.set(about, sets);
  }
  for (const [hint, wanted] of Object.entries(match.toolAnnotations)) {
    ask(hint);
    lists.set(hint, [new Set([String(wanted)])]);
  }
  const depth = match.maxDelegationDepth;
  if (depth !== undefined) ask(DEPTH);
  if (depth !== undefined || match.requireDelegation) ask(DELEGATED);
  return {
    mask,
    lists,
    prefixes,
    guards: isGuard(effect),
    depth: depth ?? Infinity,
  };
}

/** Whether `narrow` asks about all that `wide` asks about, apart from `about`: a quick no for most pairs. */
export function mayImply(narrow: Conditions, wide: Conditions, about?: string): boolean {
  const given = about === undefined ? narrow.mask : narrow.mask | maskOf(about);
  return (wide.mask & ~given) === 0;
}

/**
 * Whether every intent that meets `narrow` also meets `wide`; `false` when that can't be proved.
 *
 * Each condition of `wide` must follow from a condition of `narrow` about the same thing: a list from a shorter one,
 * a prefix from a longer one, a depth from a smaller one.
 *
 * @param except what is taken for granted
 */
export function implies(narrow: Conditions, wide: Conditions, except?: string): boolean {
  if (!mayImply(narrow, wide, except) || narrow.depth > wide.depth) return false;
  // What a guard takes for a listed value, a rule that lets calls pass may not.
  const asksForPlaces = wide.prefixes.length > 0 || (wide.lists.has(VALUE) && except !== VALUE);
  if (narrow.guards && !wide.guards && asksForPlaces) return false;
  for (const [about, sets] of wide.lists) {
    if (about === WORKSPACE || about === except) continue;
    const given = narrow.lists.get(about) ?? [];
    for (const set of sets) if (!given.some((other) => other.isSubsetOf(set))) return false;
  }
  return wide.prefixes.length === 0 ||
    narrow.prefixes.every((prefix) => wide.prefixes.some((begin) => isBegin(begin, prefix)));
}

function isBegin(begin: string, prefix: string): boolean {
  return prefix.startsWith(begin) && foldPath(prefix).startsWith(foldPath(begin));
}
