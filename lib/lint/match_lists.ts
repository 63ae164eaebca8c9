import type { Match, Rule } from "../policy/types.ts";
import { type Block, textsAt } from "../schema/policy/kinds.ts";
import { type About, ANNOTATIONS, MATCH } from "../schema/policy/match.ts";
import { foldPath } from "../evaluate/compare/path.ts";
import { normalPrefix } from "../evaluate/facts.ts";
import { isGuard } from "../evaluate/match.ts";
import { FACTS } from "../evaluate/match_facts.ts";

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

/** Prefixes of workspaces, of which one follows from a longer one: no list of values. */
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
const VALUE = "value";

/** Whether a list about this matches nothing without a delegation. */
export function isAboutDelegation(about: string): boolean {
  return FACTS[about as About]?.of === "delegation";
}

/** What conditions can be about, each with its bit. */
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
