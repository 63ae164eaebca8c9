import type { Match, Rule } from "../policy/types.ts";
import { type Block, textsAt } from "../schema/policy/kinds.ts";
import { type About, ANNOTATIONS, MATCH } from "../schema/policy/match.ts";
import { foldPath } from "../evaluate/compare/path.ts";
import { normalPrefix } from "../evaluate/facts.ts";
import { isGuard } from "../evaluate/match.ts";
import { FACTS } from "../evaluate/match_facts.ts";

/** A list in a `match` block. */
export interface MatchList {
  /** Its name in a policy. */
  readonly key: string;
  /** Another key whose values join the list. */
  readonly alias?: string;
  readonly values: (match: Match) => readonly string[];
  /** The fact that the values are compared with: only lists about the same fact can imply each other. */
  readonly about: string;
  /** The closed set of possible values, if the policy reader does not check it. */
  readonly closed?: readonly string[];
  /** Values are compared for equality, without wildcards. */
  readonly exact: boolean;
}

/** Workspace prefixes. They are not compared as lists, because a longer prefix implies a shorter one. */
export const WORKSPACE = "workspace";

/** The lists of `match` by its table of keys (docs/spec/gate.md 1.3), apart from hints and delegation depth. */
export const MATCH_LISTS: readonly MatchList[] = listsOf(MATCH);

/** The lists of a table of keys. */
export function listsOf(block: Block): MatchList[] {
  return block.lists.map(({ name, member, row: { about = "", possible } }) => {
    const alias = [...block.fields.values()].find(({ row }) => row.aliasOf === name)?.name;
    return {
      key: name,
      values: (match) => textsAt(match, member),
      about,
      exact: about !== WORKSPACE,
      ...(alias === undefined ? {} : { alias }),
      ...(possible === undefined ? {} : { closed: possible }),
    };
  });
}

/** The conditions of a `match` block, in a form that allows testing whether one implies another. */
export interface Conditions {
  /** One bit for each fact with a condition. */
  readonly mask: number;
  /** Lists by the fact that they are about; one value of each must match. */
  readonly lists: ReadonlyMap<string, readonly ReadonlySet<string>[]>;
  /** In the form used for comparison. */
  readonly prefixes: readonly string[];
  /**
   * Whether the rule restricts calls: it then matches more spellings of values and workspaces than an allowing rule.
   */
  readonly guards: boolean;
  readonly depth: number;
}

const DELEGATED = "delegation";
const DEPTH = "delegation depth";
const VALUE = "value";

/** Whether a condition on this fact needs a delegation to match. */
export function isAboutDelegation(about: string): boolean {
  return FACTS[about as About]?.of === "delegation";
}

/** All facts of conditions with their bits. */
const BITS: ReadonlyMap<string, number> = new Map(
  [
    ...new Set([
      ...MATCH_LISTS.map(({ about }) => about),
      ...ANNOTATIONS.fields.keys(),
      DELEGATED,
      DEPTH,
    ]),
  ].map((about, bit) => [about, 1 << bit]),
);

/** The mask of a single fact. */
export function maskOf(about: string): number {
  return BITS.get(about)!;
}

/** The conditions of a `match` block; empty if it matches everything. */
export function conditionsOf({ match, effect }: Pick<Rule, "match" | "effect">): Conditions {
  const lists = new Map<string, ReadonlySet<string>[]>();
  let mask = 0;
  const ask = (about: string) => mask |= maskOf(about);
  const prefixes = match.workspacePrefixes.map(normalPrefix);
  for (const { about, values } of MATCH_LISTS) {
    // The index looks rules up by prefix in this form.
    const wanted = about === WORKSPACE ? prefixes : values(match);
    if (wanted.length === 0) continue;
    ask(about);
    if (isAboutDelegation(about)) ask(DELEGATED);
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

/** Whether `narrow` has conditions on all facts of `wide` except `about`: quickly excludes most pairs. */
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
 * @param except a fact whose condition is assumed to hold
 */
export function implies(narrow: Conditions, wide: Conditions, except?: string): boolean {
  if (!mayImply(narrow, wide, except) || narrow.depth > wide.depth) return false;
  // A restricting rule matches spellings of a value that an allowing rule doesn't.
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
