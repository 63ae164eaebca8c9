import { VERDICTS } from "../schema/verdict.ts";
import { RISK_CLASSES } from "../schema/intent_words.ts";
import type { Policy, Rule } from "../policy/types.ts";
import { type Conditions, conditionsOf, implies } from "./match_lists.ts";
import { canMatch } from "./never.ts";
import { indexOf, type RuleIndex } from "./rule_index.ts";
import type { Found, Subject } from "./subject.ts";

/** A rule that can match. */
export interface Candidate {
  readonly rule: Rule;
  /** Index in the order of evaluation. */
  readonly number: number;
  readonly conditions: Conditions;
}

/**
 * Find rules that never decide because of other rules (docs/spec/gate.md 3.2): only the first priority with a match
 * decides, and within it the strictest effect.
 *
 * An index by listed values and bit masks exclude most pairs. If too many pairs remain, a finding reports that not
 * all were compared: thousands of similar rules must not make the linter hang.
 */
export function findShadowed({ policy }: Subject): Found[] {
  return shadowedIn(policy);
}

/**
 * {@linkcode findShadowed} of a policy.
 *
 * @param makeIndex builds the index of rules to compare with; every complete index gives the same findings
 */
export function shadowedIn(
  policy: Policy,
  makeIndex: (candidates: readonly Candidate[]) => RuleIndex<Candidate> = indexOf,
): Found[] {
  const candidates = policy.rules.flatMap((rule, number): Candidate[] =>
    canMatch(rule.match) ? [{ rule, number, conditions: conditionsOf(rule) }] : []
  );
  const indexes: Indexes = {
    all: makeIndex(candidates),
    byRank: VERDICTS.map((_, at) => makeIndex(candidates.filter(({ rule }) => rank(rule) === at))),
  };
  const budget = { left: PAIRS + PAIRS_A_RULE * candidates.length };
  const found = candidates.flatMap((later) => budget.left > 0 ? shadowsOf(later, indexes, budget) : []);
  if (budget.left > 0) return found;
  return [...found, {
    id: "rules-not-compared",
    message: `${candidates.length} rules are too much alike to compare all of them with each other`,
    path: ["rules"],
  }];
}

/**
 * The most pairs that are compared, plus some for each rule. Policies of up to 500 rules are always compared
 * completely.
 */
const PAIRS = 1_000_000;
const PAIRS_A_RULE = 100;

/** The remaining number of pairs to compare. */
interface Budget {
  left: number;
}

interface Indexes {
  readonly all: RuleIndex<Candidate>;
  /** Rules by the rank of their effect: a rule is only compared with those that may be more lenient. */
  readonly byRank: readonly RuleIndex<Candidate>[];
}

function shadowsOf(later: Candidate, { all, byRank }: Indexes, budget: Budget): Found[] {
  const follows = (other: Candidate) => implies(later.conditions, other.conditions);
  const isEarlier = (other: Candidate) => other.rule.priority < later.rule.priority;
  const isNotLater = (other: Candidate) => other.rule.priority <= later.rule.priority;
  const find = (
    lists: readonly (readonly Candidate[])[],
    mayPass: (other: Candidate) => boolean,
    passes: (other: Candidate) => boolean,
  ) => first(lists, mayPass, passes, budget);

  const wider = all.wider(later.conditions);
  const shadowing = find(wider, isEarlier, follows);
  if (shadowing) return [shadowed(later, shadowing)];
  const overruling = find(
    wider,
    isNotLater,
    (other) => !isEarlier(other) && rank(other.rule) > rank(later.rule) && follows(other),
  );
  if (overruling) return [overruled(later, overruling)];
  const lenient = byRank.slice(0, rank(later.rule) + (demandsMore(later.rule) ? 1 : 0));
  for (const about of ["risk class", "tool", "identity"]) {
    const taken = about === "risk class" && !later.conditions.lists.has(about) ? RISK_CLASSES : undefined;
    const lists = lenient.flatMap((index) => [
      ...index.wider(later.conditions),
      ...index.touching(later.conditions, about, taken),
    ]);
    const partly = find(lists, isEarlier, (other) => takesSome(later, other, about));
    if (partly) return [partlyShadowed(later, partly, about)];
  }
  return [];
}

/**
 * The first in the order of evaluation that passes. Lists are in that order, too.
 *
 * @param mayPass false from some rule on, by its priority alone
 */
function first(
  lists: readonly (readonly Candidate[])[],
  mayPass: (candidate: Candidate) => boolean,
  passes: (candidate: Candidate) => boolean,
  budget: Budget,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const list of lists) {
    for (const candidate of list) {
      if (best && candidate.number >= best.number || !mayPass(candidate) || budget.left <= 0) break;
      budget.left--;
      if (passes(candidate)) best = candidate;
    }
  }
  return best;
}

/**
 * Whether an earlier rule matches part of the calls of a stricter one. An earlier special case of the later rule is a
 * deliberate exception.
 */
function takesSome(later: Candidate, earlier: Candidate, about: string): boolean {
  const [narrow, wide] = [later.conditions, earlier.conditions];
  // The shared values all belong to the earlier rule, so only the other conditions matter.
  return isStricterThan(later.rule, earlier.rule) && implies(narrow, wide, about) &&
    commonValues(later, earlier, about).size > 0 && !implies(wide, narrow);
}

/** The values that both rules list; a rule without risk classes matches all known ones. */
function commonValues(later: Candidate, earlier: Candidate, about: string): ReadonlySet<string> {
  const taken = earlier.conditions.lists.get(about)?.[0] ?? NONE;
  const own = later.conditions.lists.get(about)?.[0];
  return own ? own.intersection(taken) : about === "risk class" ? taken.intersection(KNOWN_RISKS) : NONE;
}

const NONE: ReadonlySet<string> = new Set();
const KNOWN_RISKS: ReadonlySet<string> = new Set(RISK_CLASSES);

/** Whether a rule has demands besides its effect, so that it may be stricter than another with the same effect. */
function demandsMore(
  { minApprovals, requireDistinctApprovers, requireBrokerCredential, match }: Rule,
): boolean {
  return minApprovals > 1 || requireDistinctApprovers || requireBrokerCredential || match.requireDelegation;
}

/** Whether a rule is stricter than another. */
function isStricterThan(rule: Rule, other: Rule): boolean {
  if (rank(rule) !== rank(other)) return rank(rule) > rank(other);
  if (rule.effect === "block") return false;
  return rule.minApprovals > Math.max(1, other.minApprovals) ||
    (rule.requireDistinctApprovers && !other.requireDistinctApprovers) ||
    (rule.requireBrokerCredential && !other.requireBrokerCredential) ||
    (rule.match.requireDelegation && !other.match.requireDelegation);
}

const rank = (rule: Rule) => VERDICTS.indexOf(rule.effect);
const named = ({ rule }: Candidate) => `"${rule.name}" (priority ${rule.priority}, ${rule.effect})`;

function shadowed(later: Candidate, earlier: Candidate): Found {
  const lost = isStricterThan(later.rule, earlier.rule);
  return {
    id: "shadowed-rule",
    ...(lost ? { level: "error" } : {}),
    message: `Never decides: ${named(earlier)} comes first and matches whenever it does` +
      (lost ? ", and asks for less" : ""),
    rule: later.number,
    path: ["name"],
  };
}

function overruled(later: Candidate, stricter: Candidate): Found {
  return {
    id: "overruled-rule",
    message: `Its effect ${later.rule.effect} never takes hold: ${named(stricter)} has the same priority, ` +
      "matches whenever it does and is stricter",
    rule: later.number,
    path: ["name"],
  };
}

function partlyShadowed(later: Candidate, earlier: Candidate, about: string): Found {
  const values = [...commonValues(later, earlier, about)].join(", ");
  return {
    id: "partly-shadowed-rule",
    message: `Never decides for ${about} ${values}: ${named(earlier)} comes first and asks for less`,
    rule: later.number,
    path: ["name"],
  };
}
