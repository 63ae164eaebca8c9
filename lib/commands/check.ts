import type { Effects } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { parsePolicy, policyMigration } from "../policy/parse.ts";
import { REPOSITORY_CONTRACT } from "../scout/compose.ts";
import { encodeFinding, findGaps, type Finding } from "../scout/findings.ts";
import { surveyFolder } from "../scout/survey.ts";
import { defineCommand, path } from "./define.ts";
import { compact, failure, type Outcome, success } from "./outcome.ts";
import { pathArgument } from "../formats/shell.ts";
import { describeSurvey, encodeSurvey, shown } from "./survey_report.ts";
import { dim, good, type Line, line, nextLines, warn } from "./text.ts";

/** `gait check` (docs/spec/gate.md 6.3). */
export default defineCommand({
  explain:
    "Compares the policy of this folder with the agent tools in it, and reports the gaps of the policy.",
  flags: {
    policy: {
      ...path("file", "the policy", { default: REPOSITORY_CONTRACT.repo_policy_path }),
      // A blank path is kept, so that the error about a missing policy names it.
      read: (given: string) => given,
    },
  },
  needs: { read: true },
  errorFields: { contract: REPOSITORY_CONTRACT },
  examples: ["gait check", "gait check --policy policy.yaml"],
  async run({ flags: { policy }, effects }) {
    try {
      return await check(policy, effects);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      const migration = policyMigration(error);
      return failure(error, {
        policy_path: policy,
        contract: REPOSITORY_CONTRACT,
        ...(migration ? { migration } : {}),
      });
    }
  },
});

async function check(path: string, { files }: Effects): Promise<Outcome> {
  if (await files.stat(path) === undefined) {
    throw invalidInput(`Cannot find policy "${path}"`, { hint: "Create one with: gait init" });
  }
  const { policy } = await parsePolicy(await files.read(path), path);
  const survey = await surveyFolder(files);
  const findings = findGaps(policy, survey);
  const gaps = findings.filter(({ severity }) => severity === "warning");
  const rules = policy.rules.length;
  const next = [`gait policy lint ${pathArgument(path)}`, "gait demo --policy"];
  const counts = `rules=${rules} findings=${findings.length} gap_warnings=${gaps.length}`;
  return success({
    policy_path: path,
    default_verdict: policy.defaultVerdict,
    ...compact({ rule_count: rules }),
    ...encodeSurvey(survey),
    contract: REPOSITORY_CONTRACT,
    findings: findings.map(encodeFinding),
    ...compact({ gap_warnings: gaps.map(({ summary }) => summary) }),
    next_commands: next,
    summary: `policy ok: default_verdict=${policy.defaultVerdict} ${counts}`,
  }, [
    line(gaps.length > 0 ? warn("check ok, with gaps") : good("check ok"), `: ${path}`),
    ...describeSurvey(survey, [["default", policy.defaultVerdict], ["rules", String(rules)]]),
    ...findings.flatMap(describeFinding),
    ...nextLines(next),
  ]);
}

function describeFinding({ code, severity, summary, remediation, evidence }: Finding): Line[] {
  return [
    line(severity === "warning" ? warn("warning") : dim("info   "), `  ${summary}`, dim(`  ${code}`)),
    ...(evidence.length > 0 ? [line(`         ${shown(evidence)}`)] : []),
    line(dim(`         ${remediation}`)),
  ];
}
