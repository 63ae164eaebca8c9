import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { fits, playGuide } from "../support/guide.ts";
import { repository } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

testUnless(
  Deno.build.os === "windows" && "a POSIX shell",
  "the steps of docs/jobs.md do what they say, in order",
  () =>
    onStage(async (stage) => {
      const guide = await Deno.readTextFile(`${repository}docs/jobs.md`);
      await playGuide(guide, stage, ({ command, shown }, printed) => {
        assert(fits(shown, printed), `${command}\n${printed.join("\n")}`);
      });
    }),
);
