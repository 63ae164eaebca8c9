import type { Match, ToolAnnotations } from "../policy/types.ts";
import { type Block, textsAt } from "../schema/policy/kinds.ts";
import { type About, MATCH } from "../schema/policy/match.ts";
import type { Verdict } from "../schema/verdict.ts";
import { compilePlaces } from "./compare/place.ts";
import { compileWorkspacePrefixes, type Facts } from "./facts.ts";
import { FACTS } from "./match_facts.ts";

/** One key of a `match` block, ready to be tried. */
export interface Check {
  /** As a policy writes it, e.g. `tool_names`. */
  readonly key: string;
  readonly holds: (facts: Facts) => boolean;
  /** What the policy asks for, for explanations. */
  readonly wants: readonly string[];
  /** What the intent has, for explanations. */
  readonly has: (facts: Facts) => readonly string[];
}

/**
 * Whether a rule guards: when in doubt about how a path or a host is spelled, it matches, and a rule that lets calls
 * pass does not (docs/spec/gate.md 1.3).
 */
export function isGuard(effect: Verdict): boolean {
  return effect !== "allow" && effect !== "dry_run";
}

/**
 * The checks of a `match` block: all must hold, each by any listed value; different checks may be met by different
 * targets (docs/spec/gate.md 1.3). Keys that ask for nothing give no check.
 *
 * @param block the table of its keys
 */
export function compileMatch(match: Match, effect: Verdict, block: Block = MATCH): Check[] {
  const guards = isGuard(effect);
  const checks: Check[] = [];
  for (const { name, member, row } of block.lists) {
    const wants = textsAt(match, member);
    if (wants.length > 0) checks.push(listCheck(name, wants, row.about as About, guards));
  }
  return [...checks, ...annotationChecks(match.toolAnnotations), ...delegationChecks(match)];
}

function listCheck(key: string, wants: readonly string[], about: About, guards: boolean): Check {
  const fact = FACTS[about];
  const listed = listing(wants);
  const check = (
    holds: (facts: Facts) => boolean,
    has: (facts: Facts) => readonly string[],
  ): Check => ({ key, wants, holds, has: (facts) => some(has(facts)) });
  switch (fact.of) {
    case "call":
      return check((facts) => listed(fact.text(facts)), (facts) => [fact.text(facts)]);
    case "targets":
      return check(
        ({ intent }) => intent.targets.some((target) => listed(fact.text(target))),
        ({ intent }) => intent.targets.map(fact.text),
      );
    case "list":
      return check((facts) => fact.texts(facts).some(listed), fact.texts);
    case "delegation": {
      const texts = ({ intent }: Facts) => intent.delegation ? fact.texts(intent.delegation) : [];
      return check((facts) => texts(facts).some(listed), texts);
    }
    case "values": {
      const isPlace = guards ? compilePlaces(wants) : () => false;
      return check(
        (facts) =>
          facts.intent.targets.some(({ value }) => listed(value)) || (guards && facts.places.some(isPlace)),
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

/** Each of these fails for an intent without delegation. */
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

/** Whether a text is one of a list; most lists hold one text. */
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
