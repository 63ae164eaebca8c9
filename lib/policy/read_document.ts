import { compareBytewise } from "../formats/bytes.ts";
import { readYaml, YamlError, type YamlNode, type YamlSource } from "../formats/yaml/mod.ts";
import { lset } from "../formats/text.ts";
import type { FailClosedDocument, PolicyDocument, RuleDocument, ScriptsDocument } from "./document.ts";
import { type Fields, readFields } from "./fields.ts";
import { refuseLegacyKeys } from "./legacy.ts";
import { Mistakes } from "./mistakes.ts";
import { readMcpTrust } from "./read_mcp_trust.ts";
import { readRule, RULE_KEYS } from "./read_rule.ts";
import { checkItems, natural, verdictOf } from "./values.ts";

/** What every policy says it is. */
export const POLICY_SCHEMA_ID = "gait.gate.policy";
export const POLICY_SCHEMA_VERSION = "1.0.0";

/** Facts that `fail_closed.required_fields` can demand. */
export const REQUIRED_FIELDS = [
  "targets",
  "arg_provenance",
  "endpoint_class",
  "delegation",
  "context_evidence",
] as const;

const KEYS = [
  "schema_id",
  "schema_version",
  "default_verdict",
  "default_action",
  "scripts",
  "fail_closed",
  "mcp_trust",
  "rules",
];

/** A policy file as read. */
export interface ReadPolicy {
  readonly document: PolicyDocument;
  readonly source: YamlSource;
  /** What was written, with its places; `undefined` for an empty file. */
  readonly root: YamlNode | undefined;
  /** Offset of each rule in the text, in the order of `document.rules`. */
  readonly ruleOffsets: readonly number[];
  /** For each rule its number in the file, counted from 0. */
  readonly ruleNumbers: readonly number[];
  /** Documents in the file; only the first counts. */
  readonly documents: number;
  /** The nodes that aliases can stand for, with the names of their anchors. */
  readonly anchors: ReadonlyMap<YamlNode, string>;
}

/**
 * Read a policy file: parse strictly, check every value, fill in defaults, sort the rules (docs/spec/gate.md 1.1, 1.2).
 *
 * @throws {GaitError} `invalid_input`: a {@linkcode YamlError} with the place of the first mistake and with all others,
 * or a {@linkcode LegacyPolicyError} for the keys of an older language
 */
export async function readPolicyDocument(input: string | Uint8Array, name: string): Promise<ReadPolicy> {
  const { source, root, anchors, documents } = await readYaml(input, name);
  refuseLegacyKeys(root, source);
  if (root && root.kind !== "mapping") {
    throw new YamlError(source, root.at, "A policy must be a mapping", { detail: "policy_type" });
  }
  const mistakes = new Mistakes(source);
  const fields = readFields(root, "the policy", KEYS, mistakes);
  exactly(fields, "schema_id", POLICY_SCHEMA_ID);
  exactly(fields, "schema_version", POLICY_SCHEMA_VERSION);
  const head = {
    schema_id: POLICY_SCHEMA_ID,
    schema_version: POLICY_SCHEMA_VERSION,
    default_verdict: verdictOf(fields, "default_verdict", "default_action") ?? "require_approval",
    default_action: fields.text("default_action"),
    scripts: readScripts(fields),
    fail_closed: readFailClosed(fields),
    mcp_trust: readMcpTrust(fields),
  };
  const rules = fields.each("rules", "a rule", RULE_KEYS)
    .map((rule, number) => ({ rule: readRule(rule), at: rule.at, number }))
    .sort((a, b) => compareRules(a.rule, b.rule));
  rules.forEach(({ rule, at }, i) => {
    if (i > 0) checkPriorities(rules[i - 1]!.rule, rule, at, mistakes);
  });
  mistakes.throwIfAny();
  return {
    document: { ...head, rules: rules.map(({ rule }) => rule) },
    source,
    root,
    ruleOffsets: rules.map(({ at }) => at),
    ruleNumbers: rules.map(({ number }) => number),
    documents,
    anchors,
  };
}

function compareRules(a: RuleDocument, b: RuleDocument): number {
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  return compareBytewise(a.name, b.name);
}

/** Rules of one priority are judged together, so two priorities must not become one when they become doubles. */
function checkPriorities(before: RuleDocument, rule: RuleDocument, at: number, mistakes: Mistakes): void {
  if (before.priority === rule.priority || Number(before.priority) !== Number(rule.priority)) return;
  mistakes.add(at, `Priorities ${before.priority} and ${rule.priority} can't be told apart`, {
    detail: "policy_value",
    hint: "Use priorities between -9007199254740991 and 9007199254740991",
  });
}

function exactly(fields: Fields, name: string, expected: string): void {
  const value = fields.text(name);
  if (value !== "" && value !== expected) {
    fields.mistake(name, `"${name}" must be "${expected}", found "${value}"`);
  }
}

function readScripts(policy: Fields): ScriptsDocument {
  const fields = policy.inner("scripts", ["max_steps", "require_approval_above", "block_mixed_risk"]);
  return {
    max_steps: natural(fields, "max_steps"),
    require_approval_above: natural(fields, "require_approval_above"),
    block_mixed_risk: fields.flag("block_mixed_risk"),
  };
}

function readFailClosed(policy: Fields): FailClosedDocument {
  const fields = policy.inner("fail_closed", ["enabled", "risk_classes", "required_fields"]);
  const enabled = fields.flag("enabled");
  const riskClasses = lset(fields.texts("risk_classes"));
  return {
    enabled,
    risk_classes: enabled && riskClasses.length === 0 ? ["critical", "high"] : riskClasses,
    required_fields: checkItems(
      fields,
      "required_fields",
      lset(fields.texts("required_fields")),
      REQUIRED_FIELDS,
    ),
  };
}
