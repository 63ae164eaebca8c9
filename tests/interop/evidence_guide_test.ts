import assert from "node:assert/strict";
import { fits, playGuide } from "../support/guide.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

testUnless(
  withoutProgram("sh", "base64"),
  "the steps of docs/evidence.md do what they say, in order",
  () =>
    onStage(async (stage) => {
      let steps = 0;
      await playGuide(
        await Deno.readTextFile(`${repository}docs/evidence.md`),
        stage,
        ({ command, shown }, printed) => {
          steps++;
          assert.ok(!/^gait error/m.test(printed.join("\n")), `${command}\n${printed.join("\n")}`);
          const begins = shown.map((line) => line.replace(/: \.\.\.$/, ": "));
          const cut = printed.map((line) =>
            begins.find((begin) => begin.endsWith(": ") && line.startsWith(begin)) ?? line
          );
          const kept = shown.at(-1)?.endsWith(": ...") ? cut.slice(0, 1) : cut;
          assert.ok(fits(begins, kept), `${command}\n${printed.join("\n")}`);
        },
      );
      assert.ok(steps >= 8);
    }),
);
