/** The page shows and verifies what a gate decided about a run, as the command does. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { gatedPack } from "../support/gated_pack.ts";
import { forge } from "../support/sample_packs.ts";
import { testKey } from "../support/sample_run.ts";
import { answerOf, browserTest, onPage, pageOf } from "./chromium.ts";

browserTest(
  "the page verifies a pack of a gated run, shows its decisions, and refuses a forged one",
  () =>
    onStage(async ({ gait, write }) => {
      const key = await testKey(5);
      const pack = await gatedPack(3, key);
      const forged = await forge(pack, { "authorization/trace_0001.json": undefined }, { key });
      await onPage(await pageOf(pack), async ({ page }) => {
        const answer = await answerOf(page);
        assert.notEqual(answer.outcome, "not_verified");
        await write("pack.zip", pack);
        const { json } = await gait`pack verify pack.zip --json`;
        assert.deepEqual(JSON.parse(answer.json!).verify, json.verify);
        const text = await page.textContent("body");
        assert(text!.includes("Decisions of the gate (3)") && text!.includes("alice (CHG-1)"));
        await Deno.writeTextFile(new URL(page.url()), await pageOf(forged));
        await page.reload();
        assert.equal((await answerOf(page)).outcome, "not_verified");
      });
    }),
);
