import { type Finding, type Found, type Subject, writtenIn } from "./subject.ts";
import { findComments } from "../formats/yaml/comments.ts";
import { placesIn } from "../formats/yaml/places.ts";
import type { Digest } from "../signing/digest.ts";
import { policyDigest } from "../policy/digest.ts";
import { policyOf, readPolicyDocument } from "../policy/read_document.ts";
import type { Policy } from "../policy/types.ts";
import type { Profile } from "../gate/profile/profile.ts";
import { findInBlocks, findInDefaults } from "./blocks.ts";
import { CATALOGUE, type Level, type LintRule } from "./catalogue.ts";
import { findInFile, findSharedCounters } from "./shared.ts";
import { findIdleLists, findImpossible } from "./never.ts";
import { applyIgnores, type IgnoredFinding } from "./ignores.ts";
import { findInPatterns } from "./patterns.ts";
import { findShadowed } from "./shadow.ts";
import { findInValues } from "./values.ts";

/** The report of the linter about a policy. */
export interface LintReport {
  readonly policy: Policy;
  readonly digest: Digest;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  /** Findings that comments in the policy suppress, with the reasons. */
  readonly ignored: readonly IgnoredFinding[];
}

const CHECKS: readonly ((subject: Subject) => Found[])[] = [
  findInFile,
  findInDefaults,
  findInBlocks,
  findImpossible,
  findInValues,
  findShadowed,
  findInPatterns,
  findIdleLists,
  findSharedCounters,
];

/**
 * Find probable mistakes in a policy: rules without effect, values that can't occur, surprising verdicts. Proven and
 * merely probable mistakes have different rules.
 *
 * @param profile the profile that the policy will run under
 * @throws {GaitError} `invalid_input` for a bad policy, with its place
 */
export async function lintPolicy(
  input: string | Uint8Array,
  name: string,
  profile: Profile,
): Promise<LintReport> {
  const read = await readPolicyDocument(input, name);
  const policy = policyOf(read.document);
  const written = writtenIn(read);
  const found = CHECKS.flatMap((check) => check({ policy, document: read.document, profile, written }));
  const placeOf = placesIn(read.source.text);
  const inOrder = (found: readonly Found[]) =>
    found.map((one) => ({ one, at: one.at ?? written.offsetOf(one) }))
      .sort((left, right) => left.at - right.at)
      .map(({ one, at }) => findingOf(one, policy, placeOf(at)));
  const { text } = read.source;
  const comments = text.includes("gait-lint-ignore") ? findComments(read.source) : [];
  const applied = applyIgnores(inOrder(found), comments, text, (at) => placeOf(at).line);
  const findings = [...applied.kept, ...inOrder(applied.found)]
    .sort((left, right) => left.line - right.line || left.column - right.column);
  return {
    policy,
    digest: await policyDigest(policy),
    findings: numbered(findings),
    ignored: applied.ignored,
  };
}

function findingOf(found: Found, policy: Policy, place: { line: number; column: number }): Finding {
  const kind: LintRule = CATALOGUE[found.id];
  const name = found.rule === undefined ? undefined : policy.rules[found.rule]?.name;
  return {
    ruleId: found.id,
    level: found.level ?? kind.level,
    message: found.message,
    hint: found.hint ?? kind.hint,
    ...place,
    ...(name === undefined ? {} : { ruleName: name }),
    subject: [found.id, name ?? "", ...found.path, found.item ?? ""].join("\n"),
  };
}

/** Rules of the same name can have the same finding, so subjects are numbered in their order. */
function numbered(findings: readonly Finding[]): Finding[] {
  const times = new Map<string, number>();
  return findings.map((finding) => {
    const time = (times.get(finding.subject) ?? 0) + 1;
    times.set(finding.subject, time);
    return time === 1 ? finding : { ...finding, subject: `${finding.subject}\n${time}` };
  });
}

/** The number of findings of each level. */
export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { level } of findings) counts[level]++;
  return counts;
}
