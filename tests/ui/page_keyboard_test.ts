/// <reference lib="dom" />
/** The page without a mouse: every control is reached, is seen to be reached, and does its work. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "../browser/chromium.ts";
import { onStage } from "../support/gait.ts";
import { onUi, openView } from "./on_ui.ts";
import { everyView } from "./pictured_views.ts";
import { fillWorkspace } from "./workspace_sample.ts";

/** Number the controls of the view that can be used; gives what each of them is. */
function numberControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>(
      "main a[href], main button, main input, main select, main textarea, main summary, main [tabindex='0']",
    )];
    const used = all.filter((element) => !element.matches(":disabled") && element.checkVisibility());
    used.forEach((element, i) => element.dataset.control = String(i));
    return used.map(({ localName, id, textContent }) => `${localName} ${id} ${textContent?.slice(0, 30)}`);
  });
}

/** The number of the control that has the focus, and whether that is drawn. */
function focused(page: Page): Promise<{ control: string | undefined; drawn: boolean }> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(at.closest("label.button") ?? at);
    return { control: at.dataset.control, drawn: outlineStyle !== "none" && parseFloat(outlineWidth) > 0 };
  });
}

const blur = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

browserTest(
  "with Tab alone every control of every view is reached, and shows that it is",
  () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      await onUi(stage, async ({ page }) => {
        for await (const name of everyView(stage, page)) {
          await blur(page);
          const controls = await numberControls(page);
          const left = new Set(controls.keys());
          for (let i = 0; i < controls.length + 40 && left.size > 0; i++) {
            await page.keyboard.press("Tab");
            const { control, drawn } = await focused(page);
            if (control === undefined) continue;
            assert.ok(drawn, `${name}: ${controls[Number(control)]}`);
            left.delete(Number(control));
          }
          assert.deepEqual([...left].map((i) => controls[i]), [], name);
        }
      }, { args: ["--read-only=false"] });
    }),
);

/** Press Tab until something has the focus. */
async function reach(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
  }
  assert.fail(`${selector} is not reached`);
}

browserTest(
  "jobs, approvals, policies and comparisons are worked on with keys",
  () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      await onUi(stage, async ({ page }) => {
        await openView(page, "jobs?open=nightly-invoices");
        await blur(page);
        await reach(page, ".buttons .danger");
        await page.keyboard.press("Enter");
        await reach(page, ".confirm .quiet");
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.querySelector(".confirm") === null);
        await reach(page, ".buttons button:first-child");
        await page.keyboard.press("Enter");
        await page.waitForFunction(() =>
          document.querySelector(".buttons button:first-child")?.textContent === "Resume"
        );
        await openView(page, "approvals");
        await blur(page);
        await reach(page, ".cards .card");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".stack .facts");
        await openView(page, "runs?open=gait-out%2Frunpack_run_monday.zip");
        await blur(page);
        await reach(page, "#compare-with");
        await page.keyboard.press("ArrowDown");
        await page.waitForSelector(".pairs");
        await openView(page, "policy?path=policy.yaml");
        await blur(page);
        await reach(page, "#policy-text");
        await page.keyboard.press("Control+End");
        await page.keyboard.type("default_");
        await page.keyboard.press("Control+Space");
        await page.waitForSelector(".offers li");
        await page.keyboard.press("Escape");
        await page.waitForFunction(() => document.querySelector(".offers") === null);
        assert.equal(await page.evaluate(() => document.activeElement?.id), "policy-text");
        await reach(page, "#try-text"); // the editor lets the focus go
      }, { args: ["--read-only=false"] });
    }),
);
