import { EXIT } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { isObjectWith } from "../../formats/json/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { countLevels, lintPolicy } from "../../lint/lint.ts";
import { isSarif, sarifText } from "../../formats/sarif.ts";
import { encodeSarif } from "../../lint/sarif.ts";
import { PROFILES } from "../../gate/profile/profile.ts";
import { bool, choice, defineCommand, path } from "../define.ts";
import { keepInputs } from "../inputs.ts";
import { compact, verdict } from "../outcome.ts";
import { OWN_NAME } from "../output_flags.ts";
import { line } from "../text.ts";
import { encodeFinding, findingLines, lintSummary } from "./lint_report.ts";
import { withMigration } from "./migration.ts";

/** `gait policy lint`. */
export default defineCommand({
  explain:
    "Finds likely mistakes in a policy: rules that never decide, values that can't occur, verdicts that " +
    "surprise. Exits with 2 on an error, with --strict also on a warning.",
  positionals: [{ name: "<file>", path: "file" }],
  flags: {
    profile: choice("name", "profile that the policy will be used with", PROFILES, { default: "standard" }),
    strict: bool("fail on warnings too"),
    sarif: path("file", "also write SARIF 2.1.0 for code scanning; - prints it instead"),
  },
  needs: { read: true, write: true },
  examples: [
    "gait policy lint policy.yaml",
    "gait policy lint policy.yaml --profile oss-prod --strict",
    "gait policy lint policy.yaml --sarif gait.sarif",
  ],
  run: ({ positionals, flags, effects, version }) =>
    withMigration(async () => {
      const file = positionals[0]!;
      const { profile } = flags;
      const printed = flags.sarif === "-";
      const target = flags.sarif === undefined || printed ? undefined : outputPath(flags.sarif);
      if (target) await keepInputs(effects.files, target, [file]);
      const { digest, findings, ignored } = await lintPolicy(await effects.files.read(file), file, profile);
      const log = flags.sarif === undefined ? undefined : await encodeSarif(findings, file, version);
      const sarif = log ? sarifText(log) : "";
      if (target) {
        await effects.files.makeFolder(folderOf(target));
        await effects.files.writeOutput(target, utf8(sarif), {
          older: (held) => isObjectWith(held, isSarif),
          olderGoes: "away",
          hint: OWN_NAME,
        });
      }
      const counts = countLevels(findings);
      const summary = lintSummary(counts);
      return verdict(
        counts.error === 0 && !(flags.strict && counts.warning > 0),
        EXIT.verificationFailed,
        {
          policy_path: file,
          policy_digest: digest,
          profile,
          findings: findings.map(encodeFinding),
          counts,
          summary,
          ...compact({
            ignored: ignored.map(({ finding, reason }) => ({ ...encodeFinding(finding), reason })),
          }),
          ...(target ? { sarif_path: target } : {}),
          ...(log && printed ? { sarif: log } : {}),
        },
        printed
          ? sarif.trimEnd().split("\n").map((part) => line(part))
          : findingLines(file, findings, counts, ignored.length),
      );
    }),
});
