import { type Conditions, WORKSPACE } from "./match_lists.ts";

/** An index of rules by listed values: finds the rules that other conditions may imply without comparing all pairs. */
export interface RuleIndex<T> {
  /** Lists, each in order, that together contain all rules whose conditions these may imply. */
  wider(conditions: Conditions): readonly (readonly T[])[];
  /**
   * Lists that contain all other rules with a condition on a fact that shares a value with these.
   *
   * @param values the values to assume if these have no condition on the fact
   */
  touching(conditions: Conditions, about: string, values?: Iterable<string>): readonly (readonly T[])[];
}

/**
 * Build an index. Each rule is stored under its list whose values are rarest, so rules that all name one tool but
 * different identities are found by identity.
 */
export function indexOf<T extends { readonly conditions: Conditions }>(rules: readonly T[]): RuleIndex<T> {
  const shared = new Map<string, number>();
  for (const { conditions } of rules) {
    for (const [about, sets] of conditions.lists) {
      for (const value of sets.flatMap((set) => [...set])) {
        const key = keyOf(about, value);
        shared.set(key, (shared.get(key) ?? 0) + 1);
      }
    }
  }
  const listed = new Map<string, T[]>();
  const open: T[] = []; // without any list
  const lengths = new Set<number>(); // of prefixes
  for (const rule of rules) {
    for (const prefix of rule.conditions.prefixes) lengths.add(prefix.length);
  }
  // A prefix lookup costs one probe for each distinct length.
  const prefixesCount = lengths.size <= MAX_LENGTHS;
  for (const rule of rules) {
    const keys = rarest(rule.conditions, shared, prefixesCount);
    if (!keys) open.push(rule);
    for (const key of keys ?? []) {
      const list = listed.get(key);
      if (list) list.push(rule);
      else listed.set(key, [rule]);
    }
  }
  const listOf = (about: string, value: string): readonly T[] => listed.get(keyOf(about, value)) ?? [];
  return {
    wider({ lists, prefixes: [prefix] }) {
      const found: (readonly T[])[] = [open];
      for (const length of prefix === undefined || !prefixesCount ? [] : lengths) {
        if (length <= prefix!.length) found.push(listOf(WORKSPACE, prefix!.slice(0, length)));
      }
      for (const [about, sets] of lists) {
        if (about === WORKSPACE) continue;
        for (const set of sets) {
          // An implied list contains all values, so looking up the rarest value finds it.
          let shortest: readonly T[] | undefined;
          for (const value of set) {
            const list = listOf(about, value);
            if (shortest === undefined || list.length < shortest.length) shortest = list;
          }
          if (shortest !== undefined && shortest.length > 0) found.push(shortest);
        }
      }
      return found;
    },
    touching({ lists }, about, values) {
      const own = values ?? lists.get(about)?.[0] ?? [];
      return [...own].map((value) => listOf(about, value)).filter((list) => list.length > 0);
    },
  };
}

/** With more distinct prefix lengths than this, rules are not indexed by prefix. */
const MAX_LENGTHS = 64;

/** The keys of the list of a rule whose values are rarest on average; empty for a rule without lists. */
function rarest(
  { lists }: Conditions,
  shared: ReadonlyMap<string, number>,
  prefixesCount: boolean,
): string[] | undefined {
  let best: string[] | undefined;
  let least = Infinity;
  for (const [about, sets] of lists) {
    if (about === WORKSPACE && !prefixesCount) continue;
    for (const set of sets) {
      const keys = [...set].map((value) => keyOf(about, value));
      const average = keys.reduce((sum, key) => sum + (shared.get(key) ?? 0), 0) / keys.length;
      if (average < least) [best, least] = [keys, average];
    }
  }
  return best;
}

function keyOf(about: string, value: string): string {
  return `${about}\n${value}`;
}
