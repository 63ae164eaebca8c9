import type { Match, ToolAnnotations } from "../policy/types.ts";
import { type Block, textsAt } from "../schema/policy/kinds.ts";
import { type About, MATCH } from "../schema/policy/match.ts";
import type { Verdict } from "../schema/verdict.ts";
import { compilePlaces } from "./compare/place.ts";
import { compileWorkspacePrefixes, type Facts } from "./facts.ts";
import { type Fact, FACTS } from "./match_facts.ts";

/** A compiled key of a `match` block. */
export interface Check {
  /** Its name in a policy, e.g. `tool_names`. */
  readonly key: string;
  readonly holds: (facts: Facts) => boolean;
  /** The values in the policy, for explanations. */
  readonly wants: readonly string[];
  /** The values of the intent, for explanations. */
  readonly has: (facts: Facts) => readonly string[];
}

/**
 * Whether a rule restricts calls: it matches ambiguous spellings of a path or host, while an allowing rule does not
 * (docs/spec/gate.md 1.3).
 */
export function isGuard(effect: Verdict): boolean {
  return effect !== "allow" && effect !== "dry_run";
}

/**
 * Compile the checks of a `match` block: all must hold, each for any listed value; different targets may satisfy
 * different checks (docs/spec/gate.md 1.3). Empty keys give no check.
 *
 * @param block the table of its keys
 */
export function compileMatch(match: Match, effect: Verdict, block: Block = MATCH): Check[] {
  const guards = isGuard(effect);
  const narrow: Check[] = [];
  // Most rules have the same risk classes and sources, so the other checks, which fail more often, come first.
  const broad: Check[] = [];
  for (const { name, member, row } of block.lists) {
    const wants = textsAt(match, member);
    if (wants.length === 0) continue;
    const fact = FACTS[row.about as About];
    (fact.of === "list" ? broad : narrow).push(listCheck(name, wants, fact, guards));
  }
  return [...narrow, ...broad, ...annotationChecks(match.toolAnnotations), ...delegationChecks(match)];
}

function listCheck(key: string, wants: readonly string[], fact: Fact, guards: boolean): Check {
  const exact = listing(wants);
  // Guards also match what looks like a listed text. An identity is whoever it says, letter by letter.
  const looksListed = (text: string, facts: Facts) => {
    if (exact(text)) return true;
    const seen = facts.seen(text);
    return seen !== undefined && exact(fact.of === "values" ? seen.text : seen.lower);
  };
  const isText = fact.of !== "delegation" && !(fact.of === "call" && fact.exact);
  const listed = guards && isText ? looksListed : exact;
  const check = (
    holds: (facts: Facts) => boolean,
    has: (facts: Facts) => readonly string[],
  ): Check => ({ key, wants, holds, has: (facts) => some(has(facts)) });
  switch (fact.of) {
    case "call": {
      const { text, claim } = fact;
      if (claim === undefined || !guards) {
        return check((facts) => listed(text(facts), facts), (facts) => [text(facts)]);
      }
      return check(
        (facts) => listed(text(facts), facts) || listed(claim(facts), facts),
        (facts) => [text(facts), claim(facts)],
      );
    }
    case "targets": {
      const { text } = fact;
      return check(
        (facts) => facts.intent.targets.some((target) => listed(text(target), facts)),
        ({ intent }) => intent.targets.map(text),
      );
    }
    case "list": {
      const { texts } = fact;
      return check((facts) => texts(facts).some((text) => listed(text, facts)), texts);
    }
    case "delegation": {
      const { texts } = fact;
      const held = ({ intent }: Facts) => intent.delegation ? texts(intent.delegation) : [];
      return check((facts) => held(facts).some(exact), held);
    }
    case "values": {
      const isPlace = guards ? compilePlaces(wants) : () => false;
      return check(
        (facts) =>
          facts.intent.targets.some(({ value }) => listed(value, facts)) ||
          (guards && facts.places.some(isPlace)),
        ({ intent }) => intent.targets.map(({ value }) => value),
      );
    }
    case "workspace":
      return check(compileWorkspacePrefixes(wants, guards), ({ intent }) => [intent.context.workspace]);
  }
}

function annotationChecks(wanted: ToolAnnotations): Check[] {
  const hints = Object.entries(wanted) as [keyof ToolAnnotations, boolean][];
  return hints.map(([hint, want]) => ({
    key: `tool_annotations.${hint}`,
    wants: [String(want)],
    holds: ({ intent }) => intent.targets.some((target) => target[hint] === want),
    has: ({ intent }) => some(intent.targets.map((target) => String(target[hint]))),
  }));
}

/** Checks that fail for an intent without delegation. */
function delegationChecks({ requireDelegation, maxDelegationDepth: depth }: Match): Check[] {
  const checks: Check[] = [];
  if (requireDelegation) {
    checks.push({
      key: "require_delegation",
      wants: ["true"],
      holds: ({ intent }) => intent.delegation !== undefined,
      has: ({ intent }) => [String(intent.delegation !== undefined)],
    });
  }
  if (depth !== undefined) {
    checks.push({
      key: "max_delegation_depth",
      wants: [String(depth)],
      holds: ({ intent }) => intent.delegation !== undefined && intent.delegation.chain.length <= depth,
      has: ({ intent }) => intent.delegation ? [String(intent.delegation.chain.length)] : [],
    });
  }
  return checks;
}

/** A membership test, optimised for lists with one text. */
function listing(texts: readonly string[]): (text: string) => boolean {
  if (texts.length === 1) {
    const only = texts[0]!;
    return (text) => text === only;
  }
  const all = new Set(texts);
  return (text) => all.has(text);
}

function some(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== "");
}
