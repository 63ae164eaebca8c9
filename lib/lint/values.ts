import { suggest } from "../formats/suggest.ts";
import { scalarText, type YamlNode } from "../formats/yaml/mod.ts";
import { findHint, isDestructive, toolHint } from "../intent/target.ts";
import { runsCode } from "../intent/runs_code.ts";
import { RISK_CLASSES } from "../schema/intent_words.ts";
import type { Rule } from "../policy/types.ts";
import { ENDPOINT } from "../schema/policy/blocks.ts";
import { trim } from "../formats/text.ts";
import { isAboutDelegation, MATCH_LISTS, type MatchList } from "./match_lists.ts";
import type { Found, Subject, Written } from "./subject.ts";

/** Find list values that are valid but probably mistaken. */
export function findInValues({ policy, written }: Subject): Found[] {
  return [
    ...unknownRisks(policy.failClosed.riskClasses, ["fail_closed", "risk_classes"]),
    ...unknownRisks(policy.mcpTrust?.requiredRiskClasses ?? [], ["mcp_trust", "required_risk_classes"]),
    ...policy.rules.flatMap((rule, number) => [
      ...unknownRisks(rule.match.riskClasses, ["match", "risk_classes"], number),
      ...MATCH_LISTS.flatMap((list) => findInList(rule, number, list, written)),
      ...(policy.contextFacts === "" ? claims(rule, number) : []),
      ...rule.match.toolNames.flatMap((
        tool,
      ) => [...misleading(tool, number), ...runners(rule, tool, number)]),
      ...delegationAnyway(rule, number, written),
      ...ENDPOINT_LISTS.flatMap((key) => blankEndpointList(rule, number, key, written)),
    ]),
  ];
}

function unknownRisks(classes: readonly string[], path: readonly string[], rule?: number): Found[] {
  return classes.filter((name) => !RISK_CLASSES.includes(name)).map((item): Found => {
    const near = suggest(item, RISK_CLASSES);
    return {
      id: "unknown-risk-class",
      ...(near ? { level: "warning", hint: `Did you mean "${near}"?` } : {}),
      message: `Risk class "${item}" has no meaning of its own`,
      ...(rule === undefined ? {} : { rule }),
      path,
      item,
    };
  });
}

function findInList(rule: Rule, number: number, list: MatchList, written: Written): Found[] {
  const { key, alias, exact } = list;
  const values = list.values(rule.match);
  const wild = exact ? values.filter((value) => value.includes("*")) : [];
  const blank = values.length === 0 &&
    [key, ...(alias ? [alias] : [])].find((name) => isBlank(written.node(number, "match", name)));
  return [
    ...(blank
      ? [{
        id: "blank-values" as const,
        ...(rule.effect === "block" ? { level: "warning" as const } : {}),
        message:
          `${blank} has only blank values, so it asks for nothing and the rule matches any ${list.about}`,
        rule: number,
        path: ["match", blank],
      }]
      : []),
    ...wild.map((item): Found => ({
      id: "literal-wildcard",
      message: `${key} compares whole values: the * in "${item}" stands for itself`,
      rule: number,
      path: ["match", key],
      item,
    })),
  ];
}

/** The lists of hosts and paths; the policy reader checks the words of the other list. */
const ENDPOINT_LISTS = ENDPOINT.lists.filter(({ row }) => !row.words).map(({ name }) => name);

/** An allow list of blank items is absent: it stops nothing. */
function blankEndpointList({ effect }: Rule, rule: number, key: string, written: Written): Found[] {
  if (!isBlank(written.node(rule, "endpoint", key))) return [];
  return [{
    id: "blank-values",
    ...(effect === "block" ? { level: "warning" as const } : {}),
    message: `${key} has only blank values, so it stops nothing`,
    rule,
    path: ["endpoint", key],
  }];
}

/** Whether a list was written but is empty after normalisation. */
function isBlank(node: YamlNode | undefined): boolean {
  if (node?.kind === "sequence") {
    return node.items.length > 0 &&
      node.items.every((item) => item.kind === "scalar" && trim(scalarText(item)) === "");
  }
  // Quoted blanks were written deliberately; `policy fmt` writes only null and "".
  return node?.kind === "scalar" && !node.plain && node.text !== "" && trim(node.text) === "";
}

/** Weak spot 10. */
function claims({ match }: Rule, rule: number): Found[] {
  const key = MATCH_LISTS.find((list) => list.key.startsWith("context_") && list.values(match).length > 0)
    ?.key;
  if (key === undefined) return [];
  return [{
    id: "context-claim",
    message: `${key} can be met by what the caller claims in auth_context`,
    rule,
    path: ["match", key],
  }];
}

/** Weak spot 17: parts of tool names that misclassify the tool, in both directions. */
function misleading(tool: string, rule: number): Found[] {
  const place = { id: "misleading-tool-name" as const, rule, path: ["match", "tool_names"], item: tool };
  const words = toolHint(tool).split(/[^\p{L}\p{N}]+/u);
  for (const kind of ["path", "other"] as const) {
    const hint = findHint(kind, tool);
    if (!hint) continue;
    const { endpointClass, part } = hint;
    const targets = `targets of kind ${kind} are ${endpointClass}`;
    if (isDestructive(endpointClass, "") && !words.some((word) => isMeant(word, part))) {
      return [{
        ...place,
        message: `As "${tool}" has "${part}" in it, its ${targets}, so destructive`,
      }];
    }
    const deletes = words.find((word) => isDestructive("", word));
    if (kind === "path" && deletes && !isDestructive(endpointClass, "")) {
      return [{
        ...place,
        level: "warning",
        message: `As "${tool}" has "${part}" in it, its ${targets}, so harmless, in spite of "${deletes}"`,
      }];
    }
  }
  return [];
}

/** Tools that execute arbitrary input, in rules that allow them. */
function runners({ effect }: Rule, tool: string, rule: number): Found[] {
  if (effect !== "allow" || !runsCode(tool)) return [];
  return [{
    id: "runs-code",
    message: `"${tool}" runs what it is given: its calls need an approval in spite of effect: allow`,
    rule,
    path: ["match", "tool_names"],
    item: tool,
  }];
}

/** Whether a word really has the meaning of a part: `deleted` and `subcommand` do, but `format` does not mean `rm`. */
function isMeant(word: string, part: string): boolean {
  return word.startsWith(part) || (part.length >= 5 && word.endsWith(part));
}

function delegationAnyway({ match }: Rule, rule: number, written: Written): Found[] {
  const others = match.maxDelegationDepth !== undefined ||
    MATCH_LISTS.some(({ about, values }) => isAboutDelegation(about) && values(match).length > 0);
  // `policy fmt` writes every key, so an explicit false means something only together with the other keys.
  if (!others || match.requireDelegation || !written.isOff(rule, "match", "require_delegation")) return [];
  return [{
    id: "delegation-anyway",
    message: "A delegation is demanded in spite of require_delegation: false",
    rule,
    path: ["match", "require_delegation"],
  }];
}
