import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { playGuide } from "../support/guide.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

testUnless(
  withoutProgram("sh"),
  "the steps of docs/registry.md work, in order",
  () =>
    onStage(async (stage) => {
      let steps = 0;
      const guide = await Deno.readTextFile(`${repository}docs/registry.md`);
      await playGuide(guide, stage, ({ command }, printed) => {
        steps++;
        assert.ok(!/ error: /.test(printed.join("\n")), `${command}\n${printed.join("\n")}`);
      });
      assert.ok(steps >= 9);
    }),
);
