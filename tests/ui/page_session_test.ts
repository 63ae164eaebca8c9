/// <reference lib="dom" />
/** Tabs, and a server that dies and comes back. */
import assert from "node:assert/strict";
import { browser, browserTest } from "../browser/chromium.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { onUi, openView, TOKEN } from "./on_ui.ts";

browserTest(
  "a second tab gets the token from the first one, and a reload keeps it",
  () =>
    onStage(async (stage) => {
      await onUi(stage, async ({ page, server }) => {
        await page.fill("#token", TOKEN);
        await page.click(".locked button");
        await page.waitForSelector("main[data-connection=live]");
        await page.reload();
        await page.waitForSelector("main[data-connection=live]");
        const other = await page.context().newPage();
        await other.goto(server.url);
        await other.waitForSelector("main[data-connection=live]");
        const elsewhere = await (await browser()).newContext();
        const stranger = await elsewhere.newPage();
        await stranger.goto(server.url);
        await stranger.waitForSelector(".locked");
        await elsewhere.close();
      }, { locked: true });
    }),
);

/** A server at a fixed port, so that it can come back there. */
async function serve(stage: Stage, port: number, token: string): Promise<() => Promise<void>> {
  const child = new Deno.Command(`${repository}bin/gait`, {
    args: [
      "ui",
      `--listen=127.0.0.1:${port}`,
      "--open-browser=false",
      "--json",
      "--token-env",
      "GAIT_UI_TOKEN",
    ],
    cwd: stage.folder,
    env: { HOME: stage.folder, GAIT_UI_TOKEN: token },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error("the server did not start");
  return async () => {
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
  };
}

browserTest(
  "the page says that the server is gone, comes back with it, and locks when the token is another",
  () =>
    onStage(async (stage) => {
      const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = free.addr;
      free.close();
      await stage.gait("demo", "--policy");
      let stop = await serve(stage, port, TOKEN);
      const context = await (await browser()).newContext();
      try {
        await context.addInitScript(
          (token) => sessionStorage.getItem("gait-ui") ?? sessionStorage.setItem("gait-ui", token),
          TOKEN,
        );
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${port}/`);
        await page.waitForSelector("main[data-connection=live]");
        await openView(page, "traces");
        assert.equal(await page.locator(".empty").count(), 1);
        await stop();
        await page.waitForSelector("main[data-connection=lost] .banner.lost");
        await stage.gait(
          ...["gate", "eval", "--policy", "gait-out/policy_demo_high_risk.yaml"],
          ...["--intent", "gait-out/intent_demo_delete.json"],
        );
        stop = await serve(stage, port, TOKEN);
        await page.waitForSelector("main[data-connection=live]");
        await page.waitForSelector(".list .row"); // what happened meanwhile is there without a reload
        await stop();
        stop = await serve(stage, port, "another-token-0123456789");
        await page.waitForSelector(".locked");
        assert.equal(await page.evaluate(() => sessionStorage.getItem("gait-ui")), null);
      } finally {
        await context.close();
        await stop();
      }
    }),
);
