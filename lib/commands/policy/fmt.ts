import { invalidInput, unsafeOperation } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { insideWorkingFolder } from "../../formats/path.ts";
import { formatPolicy } from "../../policy/format.ts";
import { bool, defineCommand } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { good, line } from "../text.ts";
import { withMigration } from "./migration.ts";

/** `gait policy fmt` (docs/spec/gate.md 6.1). */
export default defineCommand({
  explain:
    "Prints a policy in its normal form: every key, with defaults, and rules in the order of evaluation.",
  positionals: [{ name: "<file>", path: "file" }],
  flags: { write: bool("rewrite the file when its text changes") },
  needs: { read: true, write: true },
  examples: ["gait policy fmt policy.yaml", "gait policy fmt policy.yaml --write"],
  run: ({ positionals, flags, effects }) =>
    withMigration(async () => {
      const file = positionals[0]!;
      const found = await effects.files.stat(file);
      if (flags.write && found?.kind === "symlink") {
        throw unsafeOperation(`Cannot rewrite "${file}": it is a symbolic link`, {
          hint: "Give the file that it leads to",
        });
      }
      if (flags.write && found?.kind === "other") {
        throw invalidInput(`Cannot rewrite "${file}": it is not a regular file`, {
          hint: "Leave --write out to see its normal form",
        });
      }
      const { policy, digest, formatted, changed, documents } = await formatPolicy(
        await effects.files.read(file),
        file,
      );
      if (flags.write && documents > 1) {
        throw invalidInput(
          `Cannot rewrite "${file}": only the first of its ${documents} documents would be kept`,
          {
            hint: "Only the first document of a file is the policy; move the others to files of their own",
          },
        );
      }
      const written = flags.write && changed;
      if (written) {
        await effects.files.writeAtomic(insideWorkingFolder(file), utf8(formatted), {
          mode: found?.mode ?? 0o600,
        });
      }
      return success(
        {
          path: file,
          ...compact({ written, changed, rule_count: policy.rules.length }),
          policy_digest: digest,
          default_verdict: policy.defaultVerdict,
          ...(flags.write ? {} : { formatted }),
        },
        flags.write
          ? [line(good("policy fmt ok"), `: ${file} (${written ? "rewritten" : "no change"})`)]
          : formatted.replace(/\n$/, "").split("\n").map((text) => line(text)),
      );
    }),
});
