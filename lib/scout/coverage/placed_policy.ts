import type { Files } from "../../effects/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { placesIn } from "../../formats/yaml/places.ts";
import { compileMatch } from "../../evaluate/match.ts";
import { policyDigest } from "../../policy/digest.ts";
import { policyOf, type ReadPolicy, readPolicyDocument } from "../../policy/read_document.ts";
import type { Verdict } from "../../schema/verdict.ts";

/** A rule with its location in a file. */
export interface PlacedRule {
  readonly policyPath: string;
  readonly name: string;
  readonly effect: Verdict;
  /** Line where it begins, from 1. */
  readonly line: number;
  readonly column: number;
  /** In lower case; empty if it matches calls of any tool. */
  readonly toolNames: readonly string[];
  /** Whether it matches every call of these tools. */
  readonly unconditional: boolean;
}

/** A policy whose rules have locations. */
export interface PlacedPolicy {
  readonly path: string;
  readonly digest: string;
  readonly defaultVerdict: Verdict;
  readonly rules: readonly PlacedRule[];
}

/**
 * Read policies with the locations of their rules; duplicate paths are read once.
 *
 * @throws {GaitError} `invalid_input` if a file is not a policy
 */
export async function readPlacedPolicies(files: Files, paths: readonly string[]): Promise<PlacedPolicy[]> {
  const policies: PlacedPolicy[] = [];
  for (const path of [...new Set(paths)].sort(compareBytewise)) {
    const read = await readPolicyDocument(await files.read(path), path);
    const policy = policyOf(read.document);
    const placeOf = placesIn(read.source.text);
    policies.push({
      path,
      digest: await policyDigest(policy),
      defaultVerdict: policy.defaultVerdict,
      rules: policy.rules.map(({ name, effect, match }, i) => {
        const { line, column } = placeOf(offsetOfRule(read, i));
        const { toolNames } = match;
        return {
          policyPath: path,
          name,
          effect,
          line,
          column,
          toolNames,
          unconditional: compileMatch({ ...match, toolNames: [] }, effect).length === 0,
        };
      }),
    });
  }
  return policies;
}

/** The location of a rule, given its index in evaluation order. */
function offsetOfRule({ root, ruleNumbers }: ReadPolicy, rule: number): number {
  if (root?.kind !== "mapping") return 0;
  const list = root.entries.find(({ key }) => key.text === "rules")?.value;
  return list?.kind === "sequence" ? list.places[ruleNumbers[rule] ?? -1] ?? list.at : root.at;
}
