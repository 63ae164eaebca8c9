/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** How long frames took. */
export interface Frames {
  readonly frames: number;
  /** The longest time between two frames, in milliseconds. */
  readonly worst: number;
  /** The longest task of the page that the browser reports, 0 if none took 50 ms. */
  readonly tasks: number;
}

interface Recorder {
  gaps: number[];
  tasks: number[];
}

/** Scroll the list of traces to its end and back, and filter it, as a reader does, while frames are timed. */
export async function framesDuring(page: Page, traces: number): Promise<Frames> {
  await page.bringToFront();
  await page.evaluate(() => {
    const recorder: Recorder = { gaps: [], tasks: [] };
    (globalThis as unknown as { recorder: Recorder }).recorder = recorder;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) recorder.tasks.push(duration);
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      recorder.gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const list = page.locator(".list");
  await list.focus();
  for (let i = 0; i < 40; i++) await page.keyboard.press("PageDown");
  await list.hover();
  for (let i = 0; i < 40; i++) await page.mouse.wheel(0, i % 2 === 0 ? 3_000 : 40_000);
  await list.focus();
  await page.keyboard.press("End");
  await page.waitForSelector(`#row-${traces - 1} .row-title`);
  await page.keyboard.press("Home");
  await page.waitForSelector("#row-0 .row-title");
  const settled = (matched: RegExp) =>
    page.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector(".chips .count")?.textContent ?? ""),
      matched.source,
    );
  const all = traces.toLocaleString("en");
  for (const [selector, text] of [["#filter-text", "agent.3"], ["#filter-tool", "tool.pay"]] as const) {
    await page.locator(selector).pressSequentially(text, { delay: 60 });
    await settled(new RegExp(`^(?!${all} of )`));
    await page.fill(selector, "");
    await settled(new RegExp(`^${all} of `));
  }
  await page.click(".chip >> nth=0");
  await settled(new RegExp(`^(?!${all} of )`));
  await page.click(".chip >> nth=0");
  await settled(new RegExp(`^${all} of `));
  const { gaps, tasks } = await page.evaluate(() =>
    (globalThis as unknown as { recorder: Recorder }).recorder
  );
  return { frames: gaps.length, worst: Math.max(...gaps), tasks: Math.max(0, ...tasks) };
}
