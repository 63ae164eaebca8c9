import assert from "node:assert/strict";
import { aDeletion, anIntent, aScript, aTarget } from "../../../tests/support/gate.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { plainEvaluation } from "../../evaluate/combine.ts";
import type { Intent } from "../../intent/types.ts";
import { firstOutcome } from "../decision_outcome.ts";
import { applyLimits } from "./step.ts";

/** Verdicts of one call after another under a budget of one destructive call. */
async function verdicts(intent: Intent): Promise<string[]> {
  const destructiveBudget = { requests: 1, window: "hour", scope: "identity" } as const;
  const evaluation = { ...plainEvaluation("allow", []), destructiveBudget };
  const limits = { files: memoryFiles({}), now: () => 0, path: "counters.json" };
  const charged = async () =>
    (await applyLimits(firstOutcome(evaluation, ""), intent, evaluation, limits)).verdict;
  return [await charged(), await charged()];
}

const read = aTarget({ operation: "read", endpointClass: "fs.read" });

for (
  const [what, intent] of [
    ["a call that deletes", anIntent({ targets: [aDeletion()] })],
    ["a call that wipes", anIntent({ targets: [aTarget({ operation: "wipe" })] })],
    ["a shell without targets", anIntent({ toolName: "mcp__shell__bash", targets: [] })],
    ["a script with a step that deletes", anIntent({ script: aScript(["a", aDeletion()]), targets: [read] })],
    [
      "a script with a step that is a shell",
      anIntent({ script: aScript(["a", read], ["bash"]), targets: [read] }),
    ],
    ["a script that says so of itself", anIntent({ script: aScript(["a", read]), targets: [aDeletion()] })],
  ] as const
) {
  Deno.test(`applyLimits() counts ${what} against the destructive budget`, async () => {
    assert.deepEqual(await verdicts(intent), ["allow", "block"]);
  });
}

Deno.test("applyLimits() counts no call against it that destroys nothing", async () => {
  assert.deepEqual(await verdicts(anIntent({ targets: [read] })), ["allow", "allow"]);
  assert.deepEqual(await verdicts(anIntent({ script: aScript(["a", read]), targets: [read] })), [
    "allow",
    "allow",
  ]);
});
