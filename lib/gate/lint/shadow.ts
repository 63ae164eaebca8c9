import { VERDICTS } from "../verdict.ts";
import type { Rule } from "../policy/types.ts";
import { demandsDelegation } from "../evaluate/match.ts";
import { type Conditions, conditionsOf, implies, mayImply, narrowed } from "./implies.ts";
import { canMatch } from "./never.ts";
import type { Found, Subject } from "./subject.ts";

/** A rule that can match. */
interface Candidate {
  readonly rule: Rule;
  /** Place in the order of evaluation. */
  readonly number: number;
  readonly conditions: Conditions;
}

/**
 * Rules that other rules keep from deciding (spec/gate.md 3.2): the first priority with a match decides alone, and
 * within a priority the strictest effect counts.
 *
 * Rules are found by the tools they name, and most pairs are told apart by a mask of bits, so thousands of rules take
 * milliseconds.
 */
export function findShadowed({ policy }: Subject): Found[] {
  const candidates = policy.rules.flatMap((rule, number): Candidate[] =>
    canMatch(rule.match) ? [{ rule, number, conditions: conditionsOf(rule.match) }] : []
  );
  const byTool = new Map<string, Candidate[]>();
  const forAnyTool: Candidate[] = [];
  for (const candidate of candidates) {
    const tools = candidate.rule.match.toolNames;
    if (tools.length === 0) forAnyTool.push(candidate);
    for (const tool of tools) {
      const listed = byTool.get(tool);
      if (listed) listed.push(candidate);
      else byTool.set(tool, [candidate]);
    }
  }
  return candidates.flatMap((later) => {
    const others = [forAnyTool, ...later.rule.match.toolNames.map((tool) => byTool.get(tool) ?? [])];
    return judge(later, others);
  });
}

function judge(later: Candidate, others: readonly (readonly Candidate[])[]): Found[] {
  const shadowing = first(
    others,
    (other) => other.rule.priority < later.rule.priority && implies(later.conditions, other.conditions),
  );
  if (shadowing) return [shadowed(later, shadowing)];
  const overruling = first(
    others,
    (other) =>
      other.rule.priority === later.rule.priority && rank(other.rule) > rank(later.rule) &&
      implies(later.conditions, other.conditions),
  );
  if (overruling) return [overruled(later, overruling)];
  for (const about of ["risk class", "tool", "identity"]) {
    const partly = first(
      others,
      (other) => other.rule.priority < later.rule.priority && takesSome(later, other, about),
    );
    if (partly) return [partlyShadowed(later, partly, about)];
  }
  return [];
}

/** The first in the order of evaluation that passes. */
function first(
  lists: readonly (readonly Candidate[])[],
  passes: (candidate: Candidate) => boolean,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const list of lists) {
    for (const candidate of list) {
      if (best && candidate.number >= best.number) break;
      if (passes(candidate)) best = candidate;
    }
  }
  return best;
}

/**
 * Whether an earlier rule takes a part of the calls of a stricter one. An earlier rule that is a special case of the
 * later is an exception, and meant.
 */
function takesSome(later: Candidate, earlier: Candidate, about: string): boolean {
  if (!mayImply(later.conditions, earlier.conditions, about) || !asksMore(later.rule, earlier.rule)) {
    return false;
  }
  const common = commonValues(later, earlier, about);
  return common !== undefined && common.size > 0 &&
    implies(narrowed(later.conditions, about, common), earlier.conditions) &&
    !implies(earlier.conditions, later.conditions);
}

/** Values that both rules list; a rule that lists no risk class takes all of them. */
function commonValues(later: Candidate, earlier: Candidate, about: string): ReadonlySet<string> | undefined {
  const taken = earlier.conditions.lists.get(about)?.[0];
  const own = later.conditions.lists.get(about)?.[0];
  if (!taken) return undefined;
  if (!own) return about === "risk class" ? taken : undefined;
  return own.intersection(taken);
}

/** Whether a rule asks for more than another before it lets a call pass. */
function asksMore(rule: Rule, other: Rule): boolean {
  if (rank(rule) !== rank(other)) return rank(rule) > rank(other);
  if (rule.effect === "block") return false;
  return rule.minApprovals > Math.max(1, other.minApprovals) ||
    (rule.requireDistinctApprovers && !other.requireDistinctApprovers) ||
    (rule.requireBrokerCredential && !other.requireBrokerCredential) ||
    (demandsDelegation(rule.match) && !demandsDelegation(other.match));
}

const rank = (rule: Rule) => VERDICTS.indexOf(rule.effect);
const named = ({ rule }: Candidate) => `"${rule.name}" (priority ${rule.priority}, ${rule.effect})`;

function shadowed(later: Candidate, earlier: Candidate): Found {
  const lost = asksMore(later.rule, earlier.rule);
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
  const values = [...commonValues(later, earlier, about) ?? []].join(", ");
  return {
    id: "partly-shadowed-rule",
    message: `Never decides for ${about} ${values}: ${named(earlier)} comes first and asks for less`,
    rule: later.number,
    path: ["name"],
  };
}
