import { compareBytewise } from "../formats/bytes.ts";
import { readYaml, YamlError, type YamlNode, type YamlSource } from "../formats/yaml/mod.ts";
import { POLICY } from "../schema/policy/policy.ts";
import { refuseLegacyKeys } from "./legacy.ts";
import { normalizeBlock } from "./normalize_block.ts";
import { Mistakes } from "./mistakes.ts";
import { readBlock } from "./read_block.ts";
import type { Policy, PolicyDocument, RuleDocument } from "./types.ts";
import { excerpt } from "./wrong.ts";

/** A policy file as read. */
export interface ReadPolicy {
  readonly document: PolicyDocument;
  readonly source: YamlSource;
  /** The parsed file with positions; `undefined` for an empty file. */
  readonly root: YamlNode | undefined;
  /** Offset of each rule in the text, in the order of `document.rules`. */
  readonly ruleOffsets: readonly number[];
  /** For each rule its index in the file. */
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
  refuseOtherArtifact(root, source);
  const mistakes = new Mistakes(source);
  const document = readBlock(root, "the policy", POLICY, mistakes);
  const list = root?.entries.find(({ key }) => key.text === "rules")?.value;
  const nodes = list?.kind === "sequence" ? list.items : [];
  const rules = document.rules.map((rule, number) => ({ rule, at: nodes[number]!.at, number }))
    .sort((a, b) => compareRules(a.rule, b.rule));
  rules.forEach(({ rule, at }, i) => {
    if (i > 0) checkPriorities(rules[i - 1]!.rule, rule, at, mistakes);
  });
  mistakes.throwIfAny();
  return {
    document: { ...document, rules: rules.map(({ rule }) => rule) },
    source,
    root,
    ruleOffsets: rules.map(({ at }) => at),
    ruleNumbers: rules.map(({ number }) => number),
    documents,
    anchors,
  };
}

/** Refuse another artifact of Gait as such, as when files are given in the wrong order, instead of naming all its keys. */
function refuseOtherArtifact(root: YamlNode | undefined, source: YamlSource): void {
  if (root?.kind !== "mapping") return;
  const { value: expected } = POLICY.keys.schema_id;
  const schemaId = root.entries.find(({ key }) => key.text === "schema_id")?.value;
  if (schemaId?.kind === "scalar" && schemaId.text.startsWith("gait.") && schemaId.text !== expected) {
    throw otherArtifact(
      source,
      schemaId,
      `"schema_id" must be "${expected}", found "${excerpt(schemaId.text)}"`,
    );
  }
  const toolName = root.entries.find(({ key }) => key.text === "tool_name")?.key;
  if (toolName) throw otherArtifact(source, toolName, '"tool_name" is a key of intents');
}

function otherArtifact(source: YamlSource, node: YamlNode, message: string): YamlError {
  return new YamlError(source, node.at, message, {
    detail: "other_artifact",
    hint: "This file is no policy: check the order of the files",
  });
}

function compareRules(a: RuleDocument, b: RuleDocument): number {
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  return compareBytewise(a.name, b.name);
}

/** Rules of the same priority are evaluated together, so two priorities must not round to the same double. */
function checkPriorities(before: RuleDocument, rule: RuleDocument, at: number, mistakes: Mistakes): void {
  if (before.priority === rule.priority || Number(before.priority) !== Number(rule.priority)) return;
  mistakes.add(at, `Priorities ${before.priority} and ${rule.priority} can't be told apart`, {
    detail: "policy_value",
    hint: "Use priorities between -9007199254740991 and 9007199254740991",
  });
}

/** The policy of a document, in the form used by evaluation (docs/spec/gate.md section 1). */
export function policyOf(document: PolicyDocument): Policy {
  return normalizeBlock(document, POLICY);
}
