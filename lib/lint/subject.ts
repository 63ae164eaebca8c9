import { scalarBool, scalarText, type YamlNode } from "../formats/yaml/mod.ts";
import type { ReadPolicy } from "../policy/read_document.ts";
import type { Policy, PolicyDocument } from "../policy/types.ts";
import type { Block } from "../schema/policy/kinds.ts";
import { MATCH } from "../schema/policy/match.ts";
import { POLICY } from "../schema/policy/policy.ts";
import type { Profile } from "../gate/profile/profile.ts";
import { trimLower } from "../formats/text.ts";
import type { Level, LintId } from "./catalogue.ts";

/** A finding of a check, with its location in the policy. */
export interface Found {
  readonly id: LintId;
  /** Overrides the level of the catalogue. */
  readonly level?: Level;
  readonly message: string;
  readonly hint?: string;
  /** Index of the rule in the order of evaluation. */
  readonly rule?: number;
  /** Path of keys, from the rule or from the root. */
  readonly path: readonly string[];
  /** The item of a list, normalised. */
  readonly item?: string;
  /** Offset in the text, for findings without a path. */
  readonly at?: number;
}

/** A policy to check, with its source. */
export interface Subject {
  readonly policy: Policy;
  readonly document: PolicyDocument;
  readonly profile: Profile;
  readonly written: Written;
}

/** Access to the source of a policy. */
export interface Written {
  readonly documents: number;
  readonly text: string;
  /** The node at a path of keys, below the root or a rule. */
  node(rule: number | undefined, ...path: string[]): YamlNode | undefined;
  /** Whether the value is an explicit `false`. */
  isOff(rule: number | undefined, ...path: string[]): boolean;
  /** The offset of a finding: of its item, or else of the last existing key of its path. */
  offsetOf(found: Pick<Found, "rule" | "path" | "item">): number;
}

/** Access the source of a policy file. */
export function writtenIn({ root, source, documents, ruleNumbers }: ReadPolicy): Written {
  const top = entries(root);
  const list = top.get("rules")?.value;
  const rules = list?.kind === "sequence" ? list.items : [];
  const start = (rule: number | undefined) => rule === undefined ? root : rules[ruleNumbers[rule] ?? -1];
  const node: Written["node"] = (rule, ...path) => {
    let at = start(rule);
    for (const key of path) at = entries(at).get(key)?.value;
    return at;
  };
  return {
    documents,
    text: source.text,
    node,
    isOff: (rule, ...path) => {
      const value = node(rule, ...path);
      return value?.kind === "scalar" && scalarBool(value) === false && value.text !== "";
    },
    offsetOf: ({ rule, path, item }) => {
      let value = start(rule);
      let offset = value?.at ?? 0;
      for (const key of path) {
        const known = entries(value);
        const alias = ALIASES.get(key) ?? key;
        const entry = known.get(key) ?? known.get(alias);
        if (!entry) return offset;
        const other = known.get(alias);
        // A value missing from the list is in the list of its alias.
        const found = itemOf(entry.value, item) ?? itemOf(other?.value, item);
        if (found && key === path.at(-1)) return found.at;
        offset = entry.key.at;
        value = entry.value;
      }
      return offset;
    },
  };
}

/** Other names of keys; their values join (docs/spec/gate.md 1.2). */
const ALIASES: ReadonlyMap<string, string> = new Map(
  [POLICY, MATCH].flatMap((block: Block) =>
    [...block.fields.values()].flatMap(({ name, row }): [string, string][] =>
      row.aliasOf === undefined ? [] : [[row.aliasOf, name]]
    )
  ),
);

function itemOf(node: YamlNode | undefined, item: string | undefined): YamlNode | undefined {
  if (!node || item === undefined) return undefined;
  return itemsOf(node).get(trimLower(item));
}

/** The first item for each normalised text: a list can have a finding for each of its items. */
function itemsOf(list: YamlNode): ReadonlyMap<string, YamlNode> {
  const known = KNOWN_ITEMS.get(list);
  if (known) return known;
  const items = new Map<string, YamlNode>();
  for (const one of list.kind === "sequence" ? list.items : [list]) {
    if (one.kind !== "scalar") continue;
    const text = trimLower(scalarText(one));
    if (!items.has(text)) items.set(text, one);
  }
  KNOWN_ITEMS.set(list, items);
  return items;
}

const KNOWN_ITEMS = new WeakMap<YamlNode, ReadonlyMap<string, YamlNode>>();

interface Entry {
  readonly key: { readonly at: number };
  readonly value: YamlNode;
}

function entries(node: YamlNode | undefined): ReadonlyMap<string, Entry> {
  if (node?.kind !== "mapping") return NO_ENTRIES;
  return new Map(node.entries.map((entry) => [entry.key.text, entry]));
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();

/** A probable mistake in a policy. */
export interface Finding {
  readonly ruleId: LintId;
  readonly level: Level;
  readonly message: string;
  readonly hint: string;
  /** Line and column are numbered from 1; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** The rule of the policy that it is about. */
  readonly ruleName?: string;
  /** Identifies the finding independent of its line, so that it is the same in two versions of a file. */
  readonly subject: string;
}
