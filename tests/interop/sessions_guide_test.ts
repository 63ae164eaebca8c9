import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

Deno.test("the steps of docs/sessions.md do what they say, in order", () =>
  onStage(async ({ gait }) => {
    const guide = await Deno.readTextFile(`${repository}docs/sessions.md`);
    const blocks = [...guide.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block]) => block!);
    const steps = blocks.flatMap((block) => block.split(/^\$ gait /m).slice(1)).map((step) => {
      const [command, ...output] = step.split("\n");
      return { args: command!.split(" "), output: output.join("\n") };
    });
    assert(steps.length >= 10);
    for (const { args, output } of steps) {
      const { code, stdout, stderr } = await gait(...args);
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      if (output.trim() !== "") assert.equal(stdout, output);
    }
  }));
