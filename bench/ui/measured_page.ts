/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { root } from "../../scripts/root.ts";
import { residentMemory } from "../processes.ts";

const TOKEN = "0123456789abcdef-of-the-bench";

/** A `gait ui` that was started for a measurement. */
export interface MeasuredServer {
  readonly url: string;
  /** Resident memory in MiB. */
  readonly memory: () => Promise<number>;
  // deno-lint-ignore no-explicit-any -- answers of many shapes
  ask(path: string, body?: unknown): Promise<any>;
  stop(): Promise<void>;
}

/** Start `gait ui` in a folder, and wait until it listens. */
export async function startUi(folder: string): Promise<MeasuredServer> {
  const child = new Deno.Command(`${root}bin/gait`, {
    args: ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN", "--listen", "127.0.0.1:0", "--json"],
    cwd: folder,
    env: { GAIT_UI_TOKEN: TOKEN },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!printed.includes("\n")) printed += (await reader.read()).value ?? "";
  const url: string = JSON.parse(printed).url;
  return {
    url,
    memory: () => residentMemory(child.pid),
    async ask(path, body = {}) {
      const answer = await fetch(`${url}api/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return await answer.json();
    },
    async stop() {
      if (!hasEnded) child.kill("SIGTERM");
      await ended;
      await reader.cancel();
    },
  };
}

/** Start the browser of the measurements. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--js-flags=--expose-gc"],
  });
}

/** A tab that has the token, on no page yet. */
export async function newTab(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  await context.addInitScript((token) => sessionStorage.setItem("gait-ui", token), TOKEN);
  return await context.newPage();
}

/** Go to the list of traces, and wait until it shows one. Milliseconds from the navigation. */
export async function openTraces(page: Page, url: string): Promise<number> {
  const started = performance.now();
  await page.goto(`${url}#/traces`, { waitUntil: "commit" });
  await page.waitForSelector(".list .row .row-title", { timeout: 120_000 });
  return performance.now() - started;
}
