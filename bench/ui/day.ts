/// <reference lib="dom" />
/**
 * `deno run -A bench/ui/day.ts [events]`: the memory of the page of `gait ui` and of its server while the gate decides as many
 * calls as in a day, one a second: 86,400. They come as fast as `gait gate stream` decides them, and all reach the page.
 */
import type { Page } from "playwright-core";
import { makeWorkFolder } from "../../scripts/root.ts";
import { bundle } from "../../scripts/bundle.ts";
import { printTable } from "../table.ts";
import { newTab, openTraces, startBrowser, startUi } from "./measured_page.ts";
import { callLines, makeWorkspace, startStream } from "./workspace.ts";

const events = Number(Deno.args[0] ?? 86_400);

/** Measured after each part. */
const PARTS = 6;

interface Memory {
  /** Of the page after a forced collection, in MB. */
  readonly heap: number;
  readonly elements: number;
  /** Resident memory of the server, in MiB. */
  readonly server: number;
}

async function memoryOf(page: Page, server: { readonly memory: () => Promise<number> }): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
  return { heap: of("JSHeapUsedSize") / 1e6, elements: of("Nodes"), server: await server.memory() };
}

await bundle();
const folder = await makeWorkFolder("bench-ui-day-");
try {
  await makeWorkspace(folder, 200);
  const server = await startUi(folder);
  const browser = await startBrowser();
  try {
    const page = await newTab(browser);
    await openTraces(page, server.url);
    const rows: string[][] = [];
    const note = async (seen: number) => {
      const { heap, elements, server: resident } = await memoryOf(page, server);
      rows.push([seen.toLocaleString("en"), heap.toFixed(1), String(elements), resident.toFixed(0)]);
    };
    await note(0);
    const stream = startStream(folder);
    const input = stream.stdin.getWriter();
    const encoder = new TextEncoder();
    const started = performance.now();
    for (let part = 0; part < PARTS; part++) {
      const [from, to] = [part, part + 1].map((n) => Math.round(n * events / PARTS));
      for (const line of callLines(200 + from!, 200 + to!)) await input.write(encoder.encode(line));
      const shown = (200 + to!).toLocaleString("en");
      await page.waitForFunction(
        (text) => document.querySelector(".chips .count")?.textContent === text,
        `${shown} of ${shown}`,
        { timeout: 600_000 },
      );
      await note(to!);
    }
    const seconds = (performance.now() - started) / 1000;
    await input.close();
    await stream.status;
    printTable(
      `${events.toLocaleString("en")} decisions in ${seconds.toFixed(0)} s`,
      ["decisions", "page MB", "nodes", "server MB"],
      rows,
    );
  } finally {
    await browser.close();
    await server.stop();
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
