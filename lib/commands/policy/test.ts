import { invalidInput } from "../../errors/mod.ts";
import { exitOfVerdict } from "../../gate/exit.ts";
import { evaluate } from "../../gate/evaluate/evaluate.ts";
import { intentDigest } from "../../gate/intent/digest.ts";
import { parseIntent } from "../../gate/intent/parse.ts";
import { withoutClaims } from "../../gate/intent/prepare.ts";
import { parsePolicy } from "../../gate/policy/parse.ts";
import type { World } from "../../effects/mod.ts";
import { defineCommand, text } from "../define.ts";
import { decided, type Outcome } from "../outcome.ts";
import { withMigration } from "./migration.ts";
import { describeTest, encodeTest } from "./test_report.ts";

/** `gait policy test` (spec/gate.md 6.1), and the same for a folder of fixtures. */
export default defineCommand({
  explain:
    "Tells what a policy says about an intent, without counting, tokens or files; or checks a folder of fixtures.",
  positionals: ["<file>", "[intent]"],
  flags: {
    fixtures: text("folder", "check pairs of <name>.intent.json and <name>.expect.json instead"),
    junit: text("file", "with --fixtures: also write the result as JUnit"),
  },
  needs: { read: true, write: true },
  examples: [
    "gait policy test policy.yaml intent.json",
    "gait policy test policy.yaml --fixtures policy_tests --junit junit.xml",
  ],
  run: ({ positionals, flags, world }) =>
    withMigration(async () => {
      const [file, intent] = positionals as [string, string | undefined];
      if ((intent === undefined) === (flags.fixtures === "")) {
        throw invalidInput("Cannot test: give either an intent or --fixtures", {
          hint: "gait policy test <file> <intent>, or gait policy test <file> --fixtures <folder>",
        });
      }
      if (intent !== undefined && flags.junit !== "") {
        throw invalidInput("Cannot write JUnit for a single intent", { hint: "Give --fixtures <folder>" });
      }
      if (intent !== undefined) return await testIntent(file, intent, world);
      const { testFixtures } = await import("./test_fixtures.ts");
      return await testFixtures(file, flags.fixtures, flags.junit, world);
    }),
});

async function testIntent(file: string, path: string, { files }: World): Promise<Outcome> {
  const { policy, digest } = await parsePolicy(await files.read(file), file);
  const intent = await parseIntent(await files.read(path), `intent "${path}"`, { numbers: "tell" });
  const evaluation = evaluate(policy, withoutClaims(intent));
  const tested = { intent, evaluation, policyDigest: digest, intentDigest: await intentDigest(intent) };
  return decided(exitOfVerdict(evaluation.verdict), encodeTest(tested), describeTest(tested));
}
