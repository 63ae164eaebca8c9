/// <reference lib="dom" />
/** A person approves on the page, with the code from the terminal. */
import assert from "node:assert/strict";
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
