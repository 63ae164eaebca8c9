/// <reference lib="dom" />
/** A person approves on the page, with the code from the terminal. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browser, browserTest } from "../browser/chromium.ts";
import { onStage } from "../support/gait.ts";
import { missingTerminal, onTerminal, TOKEN } from "./on_terminal.ts";
import { openView } from "./on_ui.ts";
import { fillWorkspace } from "./workspace_sample.ts";

browserTest(
  "a person at the terminal approves on the page, and the call stops waiting",
  () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      const args = "--token-env GAIT_UI_TOKEN --approver dana --approval-private-key keys/gait_private.key"
        .split(" ");
      await onTerminal(stage, args, async ({ url, shows }) => {
        const context = await (await browser()).newContext();
        try {
          await context.addInitScript((token) => sessionStorage.setItem("gait-ui", token), TOKEN);
          const page = await context.newPage();
          await page.goto(url);
          await openView(page, "approvals");
          assert.match(await page.innerText(".banner"), /signed as dana/);
          await page.click(".cards .card:has-text('tool.mail')");
          await page.fill("#approve-reason", "CHG-12");
          await page.click("button:text-is('Ask for a code')");
          await page.waitForSelector("#approve-code");
          assert.match(await page.innerText(".form"), /tool:tool\.mail[^]*dana|dana[^]*tool:tool\.mail/);
          const code = (await shows(/tool\.mail[^]*code +(\d{8})/))[1]!;
          assert.doesNotMatch(await page.innerText("body"), new RegExp(code));
          await page.fill("#approve-code", "1");
          await page.click("button:text-is('Sign')");
          await page.waitForSelector(".failure");
          await page.fill("#approve-code", code);
          await page.click("button:text-is('Sign')");
          await page.waitForSelector(".good-line");
          const [token] = (await stage.files()).filter((name) =>
            /^\.gait\/approvals\/approval_[0-9a-f]+\.json$/.test(name)
          );
          const decided = await stage.gait(
            ...["gate", "eval", "--policy", "policy.yaml", "--intent", "intents/mail_customer.json"],
            ...["--approval-token", token!, "--approval-public-key", "keys/gait_public.key"],
            ...["--trace-out", "gait-out/traces/trace_approved.json", "--json"],
          );
          assert.equal(decided.json.verdict, "allow");
          await page.waitForFunction(() => document.querySelectorAll(".cards .card").length === 2);
          await openView(page, "traces?open=gait-out%2Ftraces%2Ftrace_approved.json");
          await page.waitForSelector(".chain");
          assert.match((await page.locator(".chain li").allInnerTexts())[3]!, /Approval\s+1 of 1\s+dana/);
        } finally {
          await context.close();
        }
      });
    }),
  missingTerminal,
);

browserTest(
  "with the keyboard alone, in two tabs: a request that another one replaced is asked for again, then signed",
  () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      const args = "--token-env GAIT_UI_TOKEN --approver dana --approval-private-key keys/gait_private.key"
        .split(" ");
      await onTerminal(stage, args, async ({ url, shows }) => {
        const context = await (await browser()).newContext();
        try {
          await context.addInitScript((token) => sessionStorage.setItem("gait-ui", token), TOKEN);
          const open = async () => {
            const page = await context.newPage();
            await page.goto(url);
            await openView(page, "approvals");
            await page.focus(".cards .card:has-text('tool.mail')");
            await page.keyboard.press("Enter");
            await page.focus("#approve-reason");
            return page;
          };
          const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);
          const [first, second] = [await open(), await open()];
          await first.keyboard.type("CHG-1");
          await first.keyboard.press("Enter");
          await first.waitForSelector("#approve-code");
          assert.equal(await focused(first), "approve-code");
          await shows(/CHG-1[^]*code +\d{8}/);
          await second.keyboard.type("CHG-2");
          await second.keyboard.press("Enter");
          await second.waitForSelector("#approve-code");
          const code = (await shows(/CHG-2[^]*code +(\d{8})/))[1]!;
          // The tab whose request was replaced shows why, and what there was to fill in.
          await first.keyboard.type(code);
          await first.keyboard.press("Enter");
          await first.waitForSelector(".failure");
          assert.match(await first.innerText(".failure"), /another one took its place/);
          assert.equal(await first.inputValue("#approve-reason"), "CHG-1");
          assert.equal(await first.locator("button:text-is('Ask for a code')").count(), 1);
          assert.match(await first.innerText("main"), /To refuse the call, leave it/);
          await second.keyboard.type(code);
          await second.keyboard.press("Enter");
          await second.waitForSelector(".good-line");
          assert.match(await second.innerText("main"), /--approval-token/);
          assert.match(
            await second.evaluate(() => document.activeElement?.textContent ?? ""),
            /The token is\s+in/,
          );
        } finally {
          await context.close();
        }
      });
    }),
  missingTerminal,
);
