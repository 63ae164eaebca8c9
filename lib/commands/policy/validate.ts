import { lintPolicy } from "../../lint/lint.ts";
import { defineCommand } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { pathArgument } from "../../formats/shell.ts";
import { good, keyValueLines, line, nextLines, warn } from "../text.ts";
import { oneLine } from "./lint_report.ts";
import { withMigration } from "./migration.ts";

/** `gait policy validate` (docs/spec/gate.md 6.1). */
export default defineCommand({
  explain: "Checks a policy and prints its digest; reports every mistake with its line and column.",
  positionals: [{ name: "<file>", path: "file" }],
  flags: {},
  needs: { read: true },
  examples: ["gait policy validate policy.yaml"],
  run: ({ positionals, effects }) =>
    withMigration(async () => {
      const file = positionals[0]!;
      const { policy, digest, findings } = await lintPolicy(await effects.files.read(file), file, "standard");
      const warnings = findings.filter(({ level }) => level !== "note").map((finding) =>
        oneLine(file, finding)
      );
      const rules = policy.rules.length;
      const argument = pathArgument(file);
      const summary = `policy valid: default_verdict=${policy.defaultVerdict} rules=${rules}`;
      return success({
        schema_id: "gait.gate.policy",
        schema_version: "1.0.0",
        policy_digest: digest,
        default_verdict: policy.defaultVerdict,
        ...compact({ rule_count: rules, warnings }),
        summary,
      }, [
        line(good("policy validate ok"), `: ${file}`),
        ...keyValueLines({ default_verdict: policy.defaultVerdict, rules, policy_digest: digest }),
        ...warnings.map((warning) => line(warn("warning: "), warning)),
        ...nextLines([
          ...(warnings.length > 0 ? [`gait policy lint ${argument}`] : []),
          `gait policy test ${argument} <intent.json>`,
        ]),
      ]);
    }),
});
