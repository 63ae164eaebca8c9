import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { repository, shared } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

/** Commands of a console block, each with the output that the README shows. */
function consoleSteps(block: string): { args: string[]; output: string }[] {
  return block.split(/^\$ /m).slice(1).filter((step) => step.startsWith("gait ")).map((step) => {
    const newline = step.indexOf("\n");
    return { args: step.slice(0, newline).split(" ").slice(1), output: step.slice(newline + 1) };
  });
}

const airline = await shared("real/airline");
const missing = airline === undefined && "../shared/real is absent";

testUnless(missing, "the real example of README.md prints what README.md says", async () => {
  await onStage(async ({ gait, path }) => {
    await Deno.copyFile(`${airline}/task15-trial2-pass.json`, path("good.json"));
    await Deno.copyFile(`${airline}/task15-trial0-fail.json`, path("bad.json"));
    const readme = await Deno.readTextFile(`${repository}README.md`);
    const setup = /```\n(gait keys init[\s\S]*?)```/.exec(readme)![1]!.trim().split("\n");
    for (const command of setup) assert.equal((await gait(...command.split(" ").slice(1))).code, 0, command);

    const steps = consoleSteps(/```console\n([\s\S]*?)```/.exec(readme)![1]!);
    assert.equal(steps.length, 5);
    for (const [i, { args, output }] of steps.entries()) {
      const { code, stdout, stderr } = await gait(...args);
      assert.equal(stdout + stderr, output, args.join(" "));
      assert.equal(code, i === 4 ? 5 : 0, args.join(" "));
    }
  });
});
