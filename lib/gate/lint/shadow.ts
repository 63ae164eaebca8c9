import { VERDICTS } from "../verdict.ts";
import type { Rule } from "../policy/types.ts";
import { type Conditions, conditionsOf, implies } from "./implies.ts";
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
    canMatch(rule.match) ? [{ rule, number, conditions: conditionsOf(rule) }] : []
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
    const lists = later.rule.match.toolNames.map((tool) => byTool.get(tool)!);
    // What follows from a rule names all of its tools, so the tool that fewest rules name leads to it.
    const shortest = lists.reduce((best, list) => list.length < best.length ? list : best, lists[0] ?? []);
    return judge(later, [forAnyTool, shortest], [forAnyTool, ...lists]);
  });
}

type Lists = readonly (readonly Candidate[])[];

/**
 * @param wider lists with all rules whose conditions may follow from those of `later`
 * @param touching lists with all rules for any of its tools
 */
function judge(later: Candidate, wider: Lists, touching: Lists): Found[] {
  const comesBefore = (other: Candidate) => other.rule.priority < later.rule.priority;
  const follows = (other: Candidate) => implies(later.conditions, other.conditions);
  const isBeside = (other: Candidate) => other.rule.priority === later.rule.priority;

  const shadowing = first(wider, (other) => comesBefore(other) && follows(other));
  if (shadowing) return [shadowed(later, shadowing)];
  const overruling = first(
    wider,
    (other) => isBeside(other) && rank(other.rule) > rank(later.rule) && follows(other),
  );
  if (overruling) return [overruled(later, overruling)];
  for (const about of ["risk class", "tool", "identity"]) {
    const lists = about === "tool" ? touching : wider;
    const partly = first(lists, (other) => comesBefore(other) && takesSome(later, other, about));
    if (partly) return [partlyShadowed(later, partly, about)];
  }
  return [];
}

/** The first in the order of evaluation that passes. */
function first(
  lists: Lists,
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
  const [narrow, wide] = [later.conditions, earlier.conditions];
  // Of the values that both list, all are among those of the earlier rule, so only the other conditions count.
  return asksMore(later.rule, earlier.rule) && implies(narrow, wide, about) &&
    commonValues(later, earlier, about).size > 0 && !implies(wide, narrow);
}

/** Values that both rules list; a rule that lists no risk class takes all of them. */
function commonValues(later: Candidate, earlier: Candidate, about: string): ReadonlySet<string> {
  const taken = earlier.conditions.lists.get(about)?.[0] ?? NONE;
  const own = later.conditions.lists.get(about)?.[0];
  return own ? own.intersection(taken) : about === "risk class" ? taken : NONE;
}

const NONE: ReadonlySet<string> = new Set();

/** Whether a rule asks for more than another before it lets a call pass. */
function asksMore(rule: Rule, other: Rule): boolean {
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
  const values = [...commonValues(later, earlier, about)].join(", ");
  return {
    id: "partly-shadowed-rule",
    message: `Never decides for ${about} ${values}: ${named(earlier)} comes first and asks for less`,
    rule: later.number,
    path: ["name"],
  };
}
