import { counted } from "../../formats/counted.ts";
import type { Files } from "../../effects/mod.ts";
import { EXIT } from "../../errors/mod.ts";
import { comparePolicies, findFixtures, type SimulationFixture } from "../../evaluate/fixtures/compare.ts";
import { intentDigest } from "../../intent/digest.ts";
import { parseIntent } from "../../intent/parse.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { choice, defineCommand, demand, path, paths, required } from "../define.ts";
import { verdict } from "../outcome.ts";
import { bad, line } from "../text.ts";
import { withMigration } from "./migration.ts";
import { describeComparison, encodeComparison } from "./simulate_report.ts";

/** `gait policy simulate` (docs/spec/gate.md 6.1). */
export default defineCommand({
  explain:
    "Reports what a new policy would change: evaluates recorded intents under the current policy and the candidate.",
  flags: {
    policy: required(path("file", "the candidate policy")),
    baseline: required(path("file", "the current policy")),
    fixtures: required(paths("paths", "intents as .json files and folders of them, separated by commas")),
    "fail-on": demand(choice(
      "what",
      "exit with 5 when a verdict becomes more lenient, or when any verdict, reason or violation changes",
      [
        "widened",
        "changed",
      ],
      { exact: true },
    )),
  },
  needs: { read: true },
  examples: [
    "gait policy simulate --policy new.yaml --baseline policy.yaml --fixtures intents",
    "gait policy simulate --policy new.yaml --baseline policy.yaml --fixtures intents --fail-on widened",
  ],
  run: ({ flags, effects: { files } }) =>
    withMigration(async () => {
      const failOn = flags["fail-on"];
      const candidate = await parsePolicy(await files.read(flags.policy), flags.policy);
      const baseline = await parsePolicy(await files.read(flags.baseline), flags.baseline);
      const fixtures: SimulationFixture[] = [];
      for (const path of await findFixtures(flags.fixtures, files)) fixtures.push(await load(path, files));
      const comparison = comparePolicies(baseline.policy, candidate.policy, fixtures);
      // A rule that got another name fails no build.
      const found = { changed: comparison.decidedOtherwise, widened: comparison.widened };
      const failing = failOn === undefined ? 0 : found[failOn].length;
      return verdict(
        failing === 0,
        EXIT.regressFailed,
        encodeComparison(comparison, baseline.digest, candidate.digest),
        [
          ...describeComparison(comparison),
          ...(failing > 0 ? [line(bad(`--fail-on ${failOn}`), `: ${counted(failing, "fixture")}`)] : []),
        ],
      );
    }),
});

async function load(path: string, files: Files): Promise<SimulationFixture> {
  const intent = await parseIntent(await files.read(path), `intent "${path}"`, { numbers: "warn" });
  return { path, intent, digest: await intentDigest(intent) };
}
