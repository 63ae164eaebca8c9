/// <reference lib="dom" />
/** Accessibility, widths from a phone to a wall, the keyboard alone, and lists that are long. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { browserTest } from "../browser/chromium.ts";
import { onStage } from "../support/gait.ts";
import { onUi, openView } from "./on_ui.ts";
import { everyView, picturesOf } from "./pictured_views.ts";
import { fillWorkspace, intent } from "./workspace_sample.ts";

const VIEWS = [
  "start",
  "traces",
  "runs",
  "verify",
  "policy",
  "approvals",
  "jobs",
  "risk",
  "regressions",
  "health",
];

/** Serious findings of axe, each with the elements that it is about. */
async function findings(page: Page): Promise<string[]> {
  const path = fileURLToPath(import.meta.resolve("axe-core"));
  await page.evaluate(await Deno.readTextFile(path));
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run();
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 3).join(", ")}`);
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`axe finds nothing serious in the ${colorScheme} scheme`, () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      await onUi(stage, async ({ page }) => {
        for await (const name of everyView(stage, page)) {
          assert.deepEqual(await findings(page), [], name);
        }
      }, { options: { colorScheme } });
      await onUi(stage, async ({ page }) => {
        await page.waitForSelector(".locked");
        assert.deepEqual(await findings(page), [], "locked");
      }, { options: { colorScheme }, locked: true });
    }));

  browserTest(
    `axe finds nothing serious in an empty folder in the ${colorScheme} scheme`,
    () =>
      onStage((stage) =>
        onUi(stage, async ({ page }) => {
          for (const view of VIEWS) {
            await openView(page, view);
            assert.deepEqual(await findings(page), [], view);
          }
          await openView(page, "runs?open=nothing.zip");
          assert.deepEqual(await findings(page), [], "an error");
        }, { options: { colorScheme } })
      ),
  );
}

browserTest("no view is wider than its window, from 420 to 2,560 pixels", () =>
  onStage(async (stage) => {
    await fillWorkspace(stage);
    const long = "a_very_long_name_without_any_place_to_break_it_".repeat(8);
    await stage.write(`intents/${"long".repeat(40)}.json`, JSON.stringify({ tool_name: long }));
    await stage.write(
      "intents/long.json",
      JSON.stringify(intent(long, { identity: long, args: { [long]: long }, target: `/srv/${long}` })),
    );
    await stage.write(
      "long.yaml",
      `default_verdict: block\nrules:\n  - {name: ${long}, effect: require_approval, match: {tool_names: [${long}]}}\n`,
    );
    const trace = "gait-out/traces/trace_long.json";
    await stage.gait(
      "gate",
      "eval",
      "--policy",
      "long.yaml",
      "--intent",
      "intents/long.json",
      "--trace-out",
      trace,
    );
    await stage.gait("job", "submit", "--id", long.slice(0, 120), "--actor", long);
    const views = [
      ...picturesOf(stage),
      ...["traces", "approvals"].map((view) => ({
        name: `${view}, long`,
        address: `${view}?open=${encodeURIComponent(trace)}`,
      })),
      { name: "jobs, long", address: `jobs?open=${long.slice(0, 120)}` },
      { name: "policy, long", address: "policy?path=long.yaml" },
    ];
    await onUi(stage, async ({ page }) => {
      for (const width of [420, 800, 1280, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        for (const { name, address } of views) {
          await openView(page, address);
          const wide = await page.evaluate(() =>
            [document.documentElement, document.querySelector("main")!].map(
              ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
            )
          );
          assert.deepEqual(wide, [0, 0], `${name} at ${width}`);
        }
      }
    });
  }));

browserTest("everything is reached with the keyboard alone", () =>
  onStage(async (stage) => {
    await fillWorkspace(stage);
    await onUi(stage, async ({ page }) => {
      await openView(page, "traces");
      const focused = () =>
        page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 40) ?? "");
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press("Tab");
      assert.match(await focused(), /^Skip to the content/);
      await page.keyboard.press("Enter");
      assert.equal(await focused(), "Traces");
      const reach = async (selector: string, most = 80) => {
        for (let i = 0; i < most; i++) {
          await page.keyboard.press("Tab");
          if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
        }
        assert.fail(`${selector} is not reached`);
      };
      await reach(".list");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".chain");
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => document.querySelector(".chain") === null);
      for (const view of VIEWS) {
        await openView(page, "traces");
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
        await reach(`nav a[href="#/${view}"]`);
        await page.keyboard.press("Enter");
        await page.waitForSelector(`main[data-view=${view}]`);
        if (view !== "traces") await page.waitForFunction(() => document.activeElement?.id === "title");
      }
      await openView(page, "runs");
      await reach(".card");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".timeline");
      await reach(".timeline summary");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator(".timeline details[open]").count(), 1);
      await openView(page, "start");
      await reach("[data-step=demo] button");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-step=demo][data-done=true]");
    });
  }));

browserTest(
  "10,000 traces are one list of few elements, searched on the server",
  () =>
    onStage(async (stage) => {
      const digest = (n: number) => n.toString(16).padStart(64, "0");
      for (let i = 0; i < 10_000; i++) {
        await stage.write(
          `gait-out/traces/trace_${i}.json`,
          JSON.stringify({
            ...{ schema_id: "gait.gate.trace", schema_version: "1.0.0", producer_version: "t" },
            created_at: "2026-11-20T08:00:00Z",
            observed_at: new Date(Date.UTC(2026, 10, 20, 0, 0, i)).toISOString(),
            ...{ trace_id: `id${i}`, tool_name: `tool.${i % 10}`, verdict: i % 4 === 0 ? "block" : "allow" },
            ...{ args_digest: digest(i), intent_digest: digest(i), policy_digest: digest(1) },
          }),
        );
      }
      await onUi(stage, async ({ page, requests }) => {
        await openView(page, "traces");
        await page.waitForFunction(() =>
          document.querySelector(".chips .count")?.textContent === "10,000 of 10,000"
        );
        const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
        const rows = () => page.locator(".list .row").count();
        assert.ok(await rows() < 60, String(await rows()));
        assert.ok(await elements() < 1_200, String(await elements()));
        // Top, middle and end show the right rows, the newest first.
        assert.match(await page.innerText(".list .row >> nth=0"), /tool\.9/);
        await page.locator(".list").focus();
        await page.keyboard.press("End");
        await page.waitForFunction(() =>
          document.querySelector("#row-9999 .row-title")?.textContent === "tool.0"
        );
        assert.ok(await rows() < 60);
        assert.ok(await elements() < 1_200);
        const before = requests.length;
        await page.fill("#filter-tool", "tool.3");
        await page.waitForFunction(() =>
          document.querySelector(".chips .count")?.textContent === "1,000 of 10,000"
        );
        assert.ok(requests.length - before < 12, "a search asks for what is in sight only");
        assert.equal(await page.locator(".chip:has-text('block')").count(), 0); // of these calls none was blocked
        await page.fill("#filter-tool", "tool.2");
        await page.click(".chip:has-text('block')");
        await page.waitForFunction(() =>
          document.querySelector(".chips .count")?.textContent === "500 of 10,000"
        );
      });
    }),
);
