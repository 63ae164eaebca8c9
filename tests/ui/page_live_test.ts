/// <reference lib="dom" />
/** Views that follow what the commands do while they are open. */
import assert from "node:assert/strict";
import { browserTest } from "../browser/chromium.ts";
import { scripted, withClient } from "../mcp/gateway/client.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { onUi, openView } from "./on_ui.ts";
import { fillWorkspace, intent } from "./workspace_sample.ts";

const decide = (stage: Stage, name: string, call: string) =>
  stage.gait(
    ...argv`gate eval --policy policy.yaml --intent intents/${call}.json --trace-out gait-out/traces/${name}.json --json`,
  );

browserTest(
  "risk, coverage and regressions follow what is decided and run while they are open",
  () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      await onUi(stage, async ({ page }) => {
        await openView(page, "risk");
        const traces = () => page.innerText(".tile >> nth=2");
        assert.match(await traces(), /^7\b/);
        await decide(stage, "trace_again", "delete_orders");
        await page.waitForFunction(() =>
          /^8\D/.test(document.querySelectorAll(".tile")[2]?.textContent ?? "")
        );
        await openView(page, "policy?path=policy.yaml");
        const coverage = (count: string) =>
          page.waitForFunction(
            (count) => document.querySelector(".coverage")?.textContent?.includes(count),
            count,
          );
        await coverage("2 traces, 1 intent");
        await decide(stage, "trace_once_more", "delete_orders");
        await coverage("3 traces, 1 intent");
        await stage.write("intents/another.json", JSON.stringify(intent("tool.delete", { risk: "high" })));
        await coverage("3 traces, 2 intents");
        await openView(page, "regressions");
        assert.match(await page.innerText(".summary-line"), /fail/);
        await stage.gait`regress run --json`;
        await page.waitForFunction(() =>
          document.querySelector(".summary-line")?.textContent?.includes("pass") &&
          !document.querySelector(".summary-line")?.textContent?.includes("fail")
        );
      });
    }),
);

browserTest(
  "a view keeps up with a stream of decisions, and an edited policy is not lost",
  () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      await onUi(stage, async ({ page }) => {
        const other = await page.context().newPage();
        await other.goto(page.url());
        await openView(page, "risk");
        await openView(other, "policy?path=policy.yaml");
        const text = await other.inputValue("#policy-text");
        await other.fill("#policy-text", `${text}# mine\n`);
        const lines = Array.from(
          { length: 400 },
          (_, i) => JSON.stringify({ id: String(i), intent: intent("tool.read", { args: { i } }) }),
        );
        const { code } = await stage.gaitWith(
          { stdin: lines.join("\n") + "\n" },
          ...argv`gate stream --policy policy.yaml --trace-dir gait-out/traces`,
        );
        assert.equal(code, 0);
        await page.waitForFunction(() =>
          /^407\D/.test(document.querySelectorAll(".tile")[2]?.textContent ?? "")
        );
        await other.waitForFunction(() =>
          document.querySelector("main")?.textContent?.includes("From 407 traces")
        );
        const seen = other.waitForResponse(async (response) =>
          response.url().endsWith("/api/policy") && (await response.text()).includes("# of somebody else")
        );
        await stage.write("policy.yaml", `${text}# of somebody else\n`);
        await seen;
        // The page has drawn what it was answered.
        await other.evaluate(() =>
          new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
        );
        assert.equal(await other.inputValue("#policy-text"), `${text}# mine\n`);
      });
    }),
);

browserTest(
  "a call that the MCP gateway holds waits on the page, with how to approve it",
  () =>
    onStage(async (stage) => {
      await stage.write(
        "policy.yaml",
        "default_verdict: block\nrules:\n  - {name: hold, effect: require_approval, match: {tool_names: [mcp.fs.echo]}}\n",
      );
      await onUi(stage, async ({ page }) => {
        await openView(page, "approvals");
        assert.equal(await page.locator(".empty").count(), 1);
        const gateway = ["--policy", "policy.yaml", "--name", "fs", "--approval-wait", "1ms", "--"];
        await withClient(stage, [...gateway, ...scripted(stage.path("server.log"))], async (client) => {
          await client.initialize();
          const answer = await client.call(1, "echo", { text: "hello" });
          assert.equal(answer.result.isError, true);
          await page.waitForSelector(".cards .card:has-text('mcp.fs.echo')");
          await page.click(".cards .card");
          await page.waitForSelector(".stack .facts");
          assert.match(
            await page.innerText(".stack"),
            /tool:mcp\.fs\.echo[^]*gait approve --from-trace gait-out/,
          );
          await client.close();
        });
      });
    }),
);
