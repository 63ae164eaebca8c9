import { suggest } from "../formats/suggest.ts";
import type { Match, Rule } from "../policy/types.ts";
import { DATAFLOW, ENDPOINT } from "../schema/policy/blocks.ts";
import { textsAt } from "../schema/policy/kinds.ts";
import { MATCH_LISTS, type MatchList } from "./match_lists.ts";
import type { Found, Subject } from "./subject.ts";

/**
 * Find values that no intent can have, and rules that therefore never match. Only what the evaluation rules prove
 * (docs/spec/gate.md 1.3, 2.2, 2.3, 2.5): different keys may be met by different targets, so keys about targets never
 * contradict each other.
 */
export function findImpossible({ policy }: Subject): Found[] {
  return policy.rules.flatMap((rule, number) => [
    ...never(rule.match).map((found): Found => ({
      id: "never-matches",
      level: rule.effect === "allow" ? "warning" : "error",
      rule: number,
      ...found,
    })),
    ...MATCH_LISTS.flatMap((list) => {
      const values = list.values(rule.match);
      const impossible = values.filter((value) => !canOccur(list, value));
      if (impossible.length === values.length) return [];
      return impossible.map((item) => impossibleValue(number, ["match", list.key], item, list.closed));
    }),
    ...findInDataflow(rule, number),
  ]);
}

/** Whether a rule can match at all. */
export function canMatch(match: Match): boolean {
  return never(match).length === 0;
}

function never(match: Match): Pick<Found, "message" | "path" | "hint" | "item">[] {
  const lists = MATCH_LISTS.flatMap((list) => {
    const values = list.values(match);
    if (values.length === 0 || values.some((value) => canOccur(list, value))) return [];
    return [{
      message: `No call can have ${quoted(values)} as ${list.about}`,
      path: ["match", list.key],
      ...(values.length === 1 ? { item: values[0]! } : {}),
      ...(list.closed ? { hint: `Use one of: ${list.closed.join(", ")}` } : {}),
    }];
  });
  if (match.maxDelegationDepth !== 0 || match.allowedDelegatorIdentities.length === 0) return lists;
  return [...lists, {
    message: "A delegator is demanded, but max_delegation_depth: 0 allows no link that could name one",
    path: ["match", "max_delegation_depth"],
    hint: "Set max_delegation_depth to at least 1, or remove allowed_delegator_identities",
  }];
}

function canOccur({ closed }: MatchList, value: string): boolean {
  return closed?.includes(value) ?? true;
}

/**
 * A single target must match every list of a `dataflow` block, so one impossible list disables it (docs/spec/gate.md
 * 3.3.2).
 */
function findInDataflow({ dataflow }: Rule, rule: number): Found[] {
  if (!dataflow) return [];
  return DATAFLOW.lists.flatMap(({ name: key, member, row: { possible: known } }) => {
    if (!known) return [];
    const path = ["dataflow", key];
    const values = textsAt(dataflow, member);
    const impossible = values.filter((value) => !known.includes(value));
    if (impossible.length > 0 && impossible.length === values.length) {
      return [{
        id: "inactive-block" as const,
        message: `dataflow never acts: no call can have ${quoted(values)} in ${key}`,
        hint: `Use some of: ${known.join(", ")}`,
        rule,
        path,
      }];
    }
    return impossible.map((item) => impossibleValue(rule, path, item, known));
  });
}

function impossibleValue(rule: number, path: string[], item: string, known?: readonly string[]): Found {
  const near = known && suggest(item, known);
  return {
    id: "impossible-value",
    message: `No call can have "${item}" in ${path.at(-1)}`,
    ...(near
      ? { hint: `Did you mean "${near}"?` }
      : known
      ? { hint: `Use some of: ${known.join(", ")}` }
      : {}),
    rule,
    path,
    item,
  };
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(", ");
}

/**
 * Find `endpoint` lists that don't apply to the targets that the rule matches. A call may have further targets, so
 * such a list is not provably idle; but an allow list stops calls without such targets, because nothing was checked
 * (docs/spec/gate.md 3.3.3).
 */
export function findIdleLists({ policy }: Subject): Found[] {
  return policy.rules.flatMap((rule, number) =>
    ENDPOINT.lists.flatMap(({ name: key, member, row }) => {
      if (!rule.endpoint || textsAt(rule.endpoint, member).length === 0) return [];
      const about = row.about === "path" ? PATHS : NETWORK;
      const condition = TARGET_CONDITIONS.find(([, values]) => excludesAll(values(rule), about));
      if (!condition) return [];
      return [{
        id: "idle-list" as const,
        message: `${key} says nothing about targets of ${condition[0]} ${condition[1](rule).join(", ")}`,
        rule: number,
        path: ["endpoint", key],
      }];
    })
  );
}

/** Kinds and classes of targets that a list is about. */
const PATHS = ["path", "fs.read", "fs.write", "fs.delete"];
const NETWORK = ["url", "host", "net.http", "net.dns"];

const TARGET_CONDITIONS: readonly (readonly [what: string, values: (rule: Rule) => readonly string[]])[] = [
  ["kind", ({ match }) => match.targetKinds],
  ["kind", ({ match }) => match.destinationKinds],
  ["class", ({ match }) => match.endpointClasses],
];

function excludesAll(values: readonly string[], about: readonly string[]): boolean {
  return values.length > 0 && !values.some((value) => about.includes(value));
}
