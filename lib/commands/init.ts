import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { folderOf, outputPath } from "../formats/path.ts";
import { baseline, BASELINE_NAMES } from "../policy/baseline.ts";
import { composePolicy, REPOSITORY_CONTRACT } from "../scout/compose.ts";
import { surveyFolder } from "../scout/survey.ts";
import type { GeneratedRule } from "../scout/types.ts";
import { bool, defineCommand, path, text } from "./define.ts";
import { success } from "./outcome.ts";
import { pathArgument } from "../formats/shell.ts";
import { describeSurvey, encodeSuggestions, encodeSurvey, shown } from "./survey_report.ts";
import { bold, columns, dim, good, type Line, line, nextLines } from "./text.ts";

/** `gait init` (docs/spec/gate.md 6.3). */
export default defineCommand({
  explain:
    "Looks for agent tools in this folder and writes a policy to start from, with rules for them as a suggestion.",
  flags: {
    // Text rather than a choice, because short names of templates are accepted too.
    template: {
      ...text("name", "the policy to start from", { default: "baseline-highrisk" }),
      choices: BASELINE_NAMES,
    },
    out: path("file", "where the policy goes", { default: REPOSITORY_CONTRACT.repo_policy_path }),
    force: bool("overwrite an existing file"),
  },
  needs: { read: true, write: true },
  errorFields: { contract: REPOSITORY_CONTRACT },
  examples: ["gait init", "gait init --template baseline-mediumrisk --out policy.yaml"],
  async run({ flags, effects: { files } }) {
    const { name, text: content } = baseline(flags.template);
    const path = outputPath(flags.out);
    if (!flags.force && await files.stat(path)) {
      throw invalidInput(`Cannot write policy: "${path}" exists`, {
        hint: `Look at it with gait check --policy ${
          pathArgument(path)
        }, choose another --out, or give --force`,
      });
    }
    const survey = await surveyFolder(files);
    await files.makeFolder(folderOf(path));
    await files.writeAtomic(path, utf8(composePolicy(content, survey)), { onlyNew: !flags.force });
    const policy = pathArgument(path);
    const next = [
      path === REPOSITORY_CONTRACT.repo_policy_path ? "gait check" : `gait check --policy ${policy}`,
      `gait policy validate ${policy}`,
      "gait demo --policy",
    ];
    return success({
      template: name,
      policy_path: path,
      ...encodeSurvey(survey),
      ...encodeSuggestions(survey),
      contract: REPOSITORY_CONTRACT,
      next_commands: next,
    }, [
      line(good("init ok"), `: ${name} -> ${path}`),
      ...describeSurvey(survey),
      ...suggestions(survey.generatedRules),
      ...nextLines(next),
    ]);
  },
});

function suggestions(rules: readonly GeneratedRule[]): Line[] {
  if (rules.length === 0) return [];
  return [
    line(bold("suggested rules"), dim(" (comments at the head of the file; move what fits below rules)")),
    ...columns(rules.map((rule) => [rule.effect, shown(rule.matchToolNames)] as const)),
  ];
}
