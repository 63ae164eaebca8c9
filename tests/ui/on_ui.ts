/// <reference lib="dom" />
import type { BrowserContextOptions, Page } from "playwright-core";
import { browser, type OpenedPage, watchedPage } from "../browser/chromium.ts";
import type { Stage } from "../support/gait.ts";
import { type RunningServer, withServer } from "../support/server.ts";

export const TOKEN = "0123456789abcdef-of-the-tests";

/** The page of a running `gait ui`, and what the browser did and complained about. */
export interface OpenUi extends OpenedPage {
  readonly server: RunningServer;
}

/** How the page is opened. */
export interface UiOpening {
  readonly args?: readonly string[];
  readonly options?: BrowserContextOptions;
  /** Open it without the token. */
  readonly locked?: true;
}

/** Run `gait ui` in a folder and open its page, already in. */
export async function onUi(
  stage: Stage,
  body: (open: OpenUi) => Promise<void>,
  { args = [], options = {}, locked }: UiOpening = {},
): Promise<void> {
  const command = ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN", ...args];
  await withServer(stage, command, async (server) => {
    const context = await (await browser()).newContext({
      viewport: { width: 1280, height: 860 },
      ...options,
    });
    try {
      if (!locked) {
        await context.addInitScript((token) => sessionStorage.setItem("gait-ui", token), TOKEN);
      }
      const opened = await watchedPage(context);
      await opened.page.goto(server.url);
      await body({ ...opened, server });
    } finally {
      await context.close();
    }
  }, { GAIT_UI_TOKEN: TOKEN });
}

/** Open a view and wait until nothing loads any more. */
export async function openView(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => void (location.hash = hash), `#/${address}`);
  await page.waitForSelector(`main[data-view="${address.split("?")[0]}"]`);
  await page.waitForFunction(() => document.querySelector('main .loading, main [aria-busy="true"]') === null);
}
