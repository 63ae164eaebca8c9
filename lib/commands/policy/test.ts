import { invalidInput } from "../../errors/mod.ts";
import { exitOfVerdict } from "../../gate/decision_outcome.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { compile } from "../../evaluate/compile.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { evaluate } from "../../evaluate/evaluate.ts";
import type { Intent } from "../../intent/types.ts";
import { intentDigest, withoutClaims } from "../../intent/digest.ts";
import { parseIntent } from "../../intent/parse.ts";
import type { Policy } from "../../policy/types.ts";
import { parsePolicy } from "../../policy/parse.ts";
import type { Effects } from "../../effects/mod.ts";
import { bool, defineCommand, path } from "../define.ts";
import { decided, type Outcome } from "../outcome.ts";
import type { Line } from "../text.ts";
import { withMigration } from "./migration.ts";
import { describeTest, encodeTest } from "./test_report.ts";

/** `gait policy test` (docs/spec/gate.md 6.1), and the same for a folder of fixtures. */
export default defineCommand({
  explain:
    "Evaluates an intent under a policy, without counting, tokens or records; or checks a folder of fixtures.",
  positionals: [{ name: "<file>", path: "file" }, { name: "[intent]", path: "file" }],
  flags: {
    fixtures: path("folder", "check pairs of <name>.intent.json and <name>.expect.json instead"),
    junit: path("file", "with --fixtures: also write the result as JUnit"),
    "explain-decision": bool("show which rules matched, which came close, and what would change the verdict"),
  },
  needs: { read: true, write: true },
  examples: [
    "gait policy test policy.yaml intent.json",
    "gait policy test policy.yaml intent.json --explain-decision",
    "gait policy test policy.yaml --fixtures policy_tests --junit junit.xml",
  ],
  run: ({ positionals, flags, effects }) =>
    withMigration(async () => {
      const [file, intent] = positionals as [string, string | undefined];
      const { fixtures, junit } = flags;
      if ((intent === undefined) === (fixtures === undefined)) {
        throw invalidInput("Cannot test: give either an intent or --fixtures", {
          hint: "gait policy test <file> <intent>, or gait policy test <file> --fixtures <folder>",
        });
      }
      if (intent !== undefined && junit !== undefined) {
        throw invalidInput("Cannot write JUnit for a single intent", { hint: "Give --fixtures <folder>" });
      }
      if (intent === undefined && flags["explain-decision"]) {
        throw invalidInput("Cannot explain a folder of fixtures", { hint: "Give a single intent" });
      }
      if (fixtures === undefined) return await testIntent(file, intent!, flags["explain-decision"], effects);
      const { testFixtures } = await import("./test_fixtures.ts");
      return await testFixtures(file, fixtures, junit, effects);
    }),
});

async function testIntent(
  file: string,
  path: string,
  explains: boolean,
  { files }: Effects,
): Promise<Outcome> {
  const { policy, digest } = await parsePolicy(await files.read(file), file);
  const intent = await parseIntent(await files.read(path), `intent "${path}"`, { numbers: "warn" });
  const prepared = withoutClaims(intent);
  const evaluation = evaluate(policy, prepared);
  const tested = { intent, evaluation, policyDigest: digest, intentDigest: await intentDigest(intent) };
  const explained = explains ? await explain(policy, prepared, evaluation) : { json: {}, lines: [] };
  return decided(
    exitOfVerdict(evaluation.verdict),
    { ...encodeTest(tested), ...explained.json },
    [...describeTest(tested), ...explained.lines],
  );
}

/** Explain the evaluation, as `gait gate eval --explain-decision` does. */
async function explain(
  policy: Policy,
  intent: Intent,
  evaluation: Evaluation,
): Promise<{ json: JsonObject; lines: Line[] }> {
  const [{ explainDecision }, { encodeExplanation }, { explanationLines }] = await Promise.all([
    import("../../evaluate/explain/explain.ts"),
    import("../../evaluate/explain/encode.ts"),
    import("../gate/explanation_lines.ts"),
  ]);
  const explanation = explainDecision(compile(policy), intent, evaluation);
  return { json: { explanation: encodeExplanation(explanation) }, lines: explanationLines(explanation) };
}
