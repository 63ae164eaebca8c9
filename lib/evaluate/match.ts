import type { Delegation, Target } from "../intent/types.ts";
import type { Match, ToolAnnotations } from "../policy/types.ts";
import type { Verdict } from "../schema/verdict.ts";
import { compileWorkspacePrefixes, type Facts } from "./facts.ts";
import { compilePlaces } from "./compare/place.ts";

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
 */
export function compileMatch(match: Match, effect: Verdict): Check[] {
  const guards = isGuard(effect);
  return [
    ...TEXTS.flatMap(([key, wants, value]) => textCheck(key, wants(match), value)),
    ...TARGETS.flatMap(([key, wants, value]) => targetCheck(key, wants(match), value)),
    ...VALUES.flatMap(([key, wants]) => valueCheck(key, wants(match), guards)),
    ...listCheck("risk_classes", match.riskClasses, (facts) => facts.riskClasses),
    ...listCheck("endpoint_classes", match.endpointClasses, (facts) => facts.endpointClasses),
    ...listCheck("provenance_sources", match.provenanceSources, provenanceSources),
    ...workspaceCheck(match.workspacePrefixes, guards),
    ...annotationChecks(match.toolAnnotations),
    ...delegationChecks(match),
  ];
}

type Texts = readonly (readonly [
  key: string,
  wants: (match: Match) => readonly string[],
  value: (facts: Facts) => string,
])[];

/** Keys about one text of the intent; an empty text matches no list, because lists hold no empty item. */
const TEXTS: Texts = [
  ["tool_names", (match) => match.toolNames, ({ intent }) => intent.toolName],
  ["identities", (match) => match.identities, ({ intent }) => intent.context.identity],
  ["skill_publishers", (match) => match.skillPublishers, (facts) => facts.skillPublisher],
  ["skill_sources", (match) => match.skillSources, (facts) => facts.skillSource],
  ["context_tool_names", (match) => match.contextToolNames, (facts) => facts.contextToolName],
  ["context_data_classes", (match) => match.contextDataClasses, (facts) => facts.contextDataClass],
  [
    "context_endpoint_classes",
    (match) => match.contextEndpointClasses,
    (facts) => facts.contextEndpointClass,
  ],
  ["context_autonomy_levels", (match) => match.contextAutonomyLevels, (facts) => facts.contextAutonomyLevel],
];

/** Keys about the targets: one of them must have a listed value. */
const TARGETS: readonly (readonly [
  key: string,
  wants: (match: Match) => readonly string[],
  value: (target: Target) => string,
])[] = [
  ["target_kinds", (match) => match.targetKinds, (target) => target.kind],
  ["discovery_method", (match) => match.discoveryMethods, (target) => target.discoveryMethod],
  ["data_classes", (match) => match.dataClasses, (target) => target.sensitivity],
  ["destination_kinds", (match) => match.destinationKinds, (target) => target.kind],
  ["destination_operations", (match) => match.destinationOperations, (target) => target.operation],
];

/** Keys about the values of targets. */
const VALUES: readonly (readonly [key: string, wants: (match: Match) => readonly string[]])[] = [
  ["target_values", (match) => match.targetValues],
  ["destination_values", (match) => match.destinationValues],
];

function textCheck(key: string, wants: readonly string[], value: (facts: Facts) => string): Check[] {
  if (wants.length === 0) return [];
  const listed = listing(wants);
  return [{ key, wants, holds: (facts) => listed(value(facts)), has: (facts) => some([value(facts)]) }];
}

function targetCheck(key: string, wants: readonly string[], value: (target: Target) => string): Check[] {
  if (wants.length === 0) return [];
  const listed = listing(wants);
  return [{
    key,
    wants,
    holds: ({ intent }) => intent.targets.some((target) => listed(value(target))),
    has: ({ intent }) => some(intent.targets.map(value)),
  }];
}

function listCheck(
  key: string,
  wants: readonly string[],
  values: (facts: Facts) => readonly string[],
): Check[] {
  if (wants.length === 0) return [];
  const listed = listing(wants);
  return [{ key, wants, holds: (facts) => values(facts).some(listed), has: (facts) => some(values(facts)) }];
}

function workspaceCheck(wants: readonly string[], guards: boolean): Check[] {
  if (wants.length === 0) return [];
  return [{
    key: "workspace_prefixes",
    wants,
    holds: compileWorkspacePrefixes(wants, guards),
    has: ({ intent }) => some([intent.context.workspace]),
  }];
}

/** Values are compared as they are written; a guard also knows other spellings of them. */
function valueCheck(key: string, wants: readonly string[], guards: boolean): Check[] {
  if (wants.length === 0) return [];
  const listed = listing(wants);
  const isPlace = guards ? compilePlaces(wants) : () => false;
  return [{
    key,
    wants,
    holds: (facts) =>
      facts.intent.targets.some(({ value }) => listed(value)) || (guards && facts.places.some(isPlace)),
    has: ({ intent }) => some(intent.targets.map(({ value }) => value)),
  }];
}

function provenanceSources({ intent }: Facts): readonly string[] {
  return intent.provenance.map((entry) => entry.source);
}

function annotationChecks(wanted: ToolAnnotations): Check[] {
  const hints = [
    ["readOnlyHint", (target: Target) => target.readOnlyHint],
    ["destructiveHint", (target: Target) => target.destructiveHint],
    ["idempotentHint", (target: Target) => target.idempotentHint],
    ["openWorldHint", (target: Target) => target.openWorldHint],
  ] as const;
  return hints.flatMap(([name, hint]) => {
    const want = wanted[name];
    if (want === undefined) return [];
    return [{
      key: `tool_annotations.${name}`,
      wants: [String(want)],
      holds: ({ intent }: Facts) => intent.targets.some((target) => hint(target) === want),
      has: ({ intent }: Facts) => some(intent.targets.map((target) => String(hint(target)))),
    }];
  });
}

/** Every one of these fails for an intent without delegation. */
function delegationChecks(match: Match): Check[] {
  const depth = match.maxDelegationDepth;
  const delegated = (values: (delegation: Delegation) => readonly string[]) => ({ intent }: Facts) =>
    intent.delegation ? values(intent.delegation) : [];
  return [
    ...(match.requireDelegation
      ? [{
        key: "require_delegation",
        wants: ["true"],
        holds: ({ intent }: Facts) => intent.delegation !== undefined,
        has: ({ intent }: Facts) => [String(intent.delegation !== undefined)],
      }]
      : []),
    ...listCheck(
      "allowed_delegator_identities",
      match.allowedDelegatorIdentities,
      delegated(({ chain }) => chain.map((link) => link.delegatorIdentity)),
    ),
    ...listCheck(
      "allowed_delegate_identities",
      match.allowedDelegateIdentities,
      delegated(({ requesterIdentity, chain }) => [
        requesterIdentity,
        ...chain.map((link) => link.delegateIdentity),
      ]),
    ),
    ...listCheck(
      "delegation_scopes",
      match.delegationScopes,
      delegated(({ scopeClass, chain }) => [scopeClass, ...chain.map((link) => link.scopeClass)]),
    ),
    ...(depth !== undefined
      ? [{
        key: "max_delegation_depth",
        wants: [String(depth)],
        holds: ({ intent }: Facts) =>
          intent.delegation !== undefined && intent.delegation.chain.length <= depth,
        has: ({ intent }: Facts) => intent.delegation ? [String(intent.delegation.chain.length)] : [],
      }]
      : []),
  ];
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
