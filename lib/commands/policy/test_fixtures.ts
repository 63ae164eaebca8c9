import type { Effects } from "../../effects/mod.ts";
import { EXIT } from "../../errors/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { type FixtureReport, loadPolicyFixtures, runPolicyFixtures } from "../../evaluate/fixtures/run.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { OLDER_JUNIT } from "../../regress/junit.ts";
import { verdictSpan } from "../gate/report.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { compact, type Outcome, verdict } from "../outcome.ts";
import { bad, dim, good, type Line, line, MAX_WIDTH, warn } from "../text.ts";
import { encodePolicyJunit } from "./test_junit.ts";
import { largest } from "../../formats/lists.ts";

/** `gait policy test <file> --fixtures <folder>`: 5 when an expectation is not met. */
export async function testFixtures(
  file: string,
  folder: string,
  junit: string | undefined,
  given: Effects,
): Promise<Outcome> {
  const { effects: { files }, read } = noteReads(given);
  const target = junit === undefined ? undefined : outputPath(junit);
  const { policy, digest } = await parsePolicy(await files.read(file), file);
  const report = runPolicyFixtures(policy, await loadPolicyFixtures(folder, files));
  if (target) {
    await keepInputs(files, target, read);
    await files.makeFolder(folderOf(target));
    await files.writeOutput(target, encodePolicyJunit(file, report), OLDER_JUNIT);
  }
  const { results, failed, rules, unreached } = report;
  const json = {
    policy_digest: digest,
    total: results.length,
    failed,
    rules,
    rules_reached: rules - unreached.length,
    ...compact({ unreached_rules: unreached.map((rule) => rule.name), junit }),
    fixtures: results.map(({ name, evaluation, problems }) => ({
      name,
      status: problems.length === 0 ? "pass" : "fail",
      verdict: evaluation.verdict,
      ...compact({ matched_rule: evaluation.matchedRule, problems: [...problems] }),
    })),
  };
  return verdict(failed === 0, EXIT.regressFailed, json, describe(report, junit));
}

function describe({ results, failed, rules, unreached }: FixtureReport, junit: string | undefined): Line[] {
  const fixtures = results.length === 1 ? "1 fixture" : `${results.length} fixtures`;
  const width = Math.min(MAX_WIDTH, largest(results.map(({ name }) => name.length)));
  const verdictWidth = largest(results.map(({ evaluation }) => evaluation.verdict.length));
  return [
    failed === 0
      ? line(good("policy test pass"), `: ${fixtures}`)
      : line(bad("policy test fail"), `: ${failed} of ${fixtures} failed`),
    ...results.flatMap(({ name, evaluation, problems }) => [
      line(
        "  ",
        problems.length === 0 ? good("pass") : bad("fail"),
        `  ${name.padEnd(width)}  `,
        verdictSpan(evaluation.verdict),
        " ".repeat(verdictWidth - evaluation.verdict.length + 2),
        dim(evaluation.matchedRule || "no rule"),
      ),
      ...problems.map((problem) => line("        ", problem)),
    ]),
    line(dim("rules reached: "), `${rules - unreached.length} of ${rules}`),
    ...unreached.map(({ name, priority }) =>
      line("  ", warn("never reached"), `  ${name}`, dim(`  priority ${priority}`))
    ),
    ...(junit === undefined ? [] : [line(dim("junit: "), junit)]),
  ];
}
