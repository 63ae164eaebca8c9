/// <reference lib="dom" />
/**
 * `deno run -A bench/ui/open.ts [traces] [folder]`: how long the page of `gait ui` takes in a folder of many signed traces,
 * from the navigation to the list, beside reading the folder alone; and how long frames take while the list is used. A
 * folder that is given is filled once and kept.
 */
import type { Page } from "playwright-core";
import { makeWorkFolder } from "../../scripts/root.ts";
import { bundle } from "../../scripts/bundle.ts";
import { conclude, median, ms, printTable } from "../table.ts";
import { framesDuring } from "./frames.ts";
import { newTab, openTraces, startBrowser, startUi } from "./measured_page.ts";
import { makeWorkspace, TRACES } from "./workspace.ts";

const traces = Number(Deno.args[0] ?? 100_000);
const kept = Deno.args[1];
const OPEN_BUDGET = 2_000;
const FRAME_BUDGET = 100;
const LIVE_BUDGET = 1_000;

await bundle();
const folder = kept ?? await makeWorkFolder("bench-ui-");
try {
  await makeWorkspace(folder, traces);
  const [names, listed] = timed(() =>
    [...Deno.readDirSync(`${folder}/${TRACES}`)].map(({ name }) => name).filter((name) =>
      name.startsWith("trace_")
    )
  );
  const [, read] = timed(() => {
    for (const name of names) Deno.readFileSync(`${folder}/${TRACES}/${name}`);
  });
  const server = await startUi(folder);
  const browser = await startBrowser();
  try {
    const page = await newTab(browser);
    const started = performance.now();
    const first = await openTraces(page, server.url);
    const early = await page.innerText(".chips .count");
    const second = await openTraces(await newTab(browser), server.url);
    const waits: number[] = [];
    for (;;) {
      const asked = performance.now();
      const { pending } = await server.ask("traces", { limit: 100 });
      waits.push(performance.now() - asked);
      if (pending === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const all = performance.now() - started;
    const third = await openTraces(await newTab(browser), server.url);
    const { frames, worst, tasks } = await framesDuring(page, names.length);
    const live = await appears(page, names.length + 1, names[0]!);
    const searches: number[] = [];
    for (const text of ["agent.3", "tool.pay", "no such thing"]) {
      const asked = performance.now();
      await server.ask("traces", { text });
      searches.push(performance.now() - asked);
    }
    const budget = names.length <= 100_000 ? OPEN_BUDGET : undefined;
    printTable(`${names.length.toLocaleString("en")} traces`, ["what", "ms", "budget"], [
      ["reading the names of the folder alone", ms(listed), ""],
      ["reading every trace alone", ms(read), ""],
      ["page opened as the server starts, to the list", ms(first), conclude(first, budget)],
      ["second tab, while traces are read", ms(second), conclude(second, budget)],
      ["another tab, when all are read", ms(third), conclude(third, budget)],
      ["all traces read", ms(all), ""],
      ["an answer while traces are read: median", ms(median(waits)), ""],
      ["an answer while traces are read: longest", ms(Math.max(...waits)), ""],
      ["a search through all, longest", ms(Math.max(...searches)), ""],
      ["a new trace, from the file to the list", ms(live), conclude(live, LIVE_BUDGET)],
      [`longest of ${frames} frames while scrolling and filtering`, ms(worst), conclude(worst, FRAME_BUDGET)],
      ["longest task of the page meanwhile", ms(tasks), conclude(tasks, FRAME_BUDGET)],
    ]);
    console.log(
      `\n  the list first said: ${early}; memory of the server ${(await server.memory()).toFixed(0)} MB`,
    );
  } finally {
    await browser.close();
    await server.stop();
  }
} finally {
  if (kept === undefined) await Deno.remove(folder, { recursive: true });
}

/** Milliseconds until a trace that is new, a copy of another, is counted on the page. */
async function appears(page: Page, count: number, like: string): Promise<number> {
  const content = await Deno.readFile(`${folder}/${TRACES}/${like}`);
  const path = `${folder}/${TRACES}/trace_bench_new.json`;
  const started = performance.now();
  await Deno.writeFile(path, content);
  const shown = count.toLocaleString("en");
  await page.waitForFunction(
    (text) => document.querySelector(".chips .count")?.textContent === text,
    `${shown} of ${shown}`,
  );
  const took = performance.now() - started;
  await Deno.remove(path);
  return took;
}

function timed<T>(step: () => T): [T, number] {
  const started = performance.now();
  const result = step();
  return [result, performance.now() - started];
}
