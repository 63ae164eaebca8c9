/** The documentation site in Chromium, from the disk. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { writeSite } from "../../scripts/site/main.ts";
import { browser, browserTest } from "./chromium.ts";

/** Open the site in a window of a width; `foreign` is what was asked for beyond its folder. */
async function onSite(
  width: number,
  body: (page: Page, address: string, foreign: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-site-" });
  const context = await (await browser()).newContext({ viewport: { width, height: 800 } });
  try {
    await writeSite(folder);
    const address = `${pathToFileURL(folder).href}/`;
    const page = await context.newPage();
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(address)) foreign.push(request.url());
    });
    page.on("pageerror", (error) => foreign.push(error.message));
    await page.goto(`${address}index.html`);
    await body(page, address, foreign);
  } finally {
    await context.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** By how much a page is wider than its window, and which pictures are not there. */
const MEASURE = `(async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
  const { scrollWidth, clientWidth } = document.documentElement;
  const broken = images.filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src);
  return { overflow: scrollWidth - clientWidth, broken };
})()`;

browserTest(
  "the site is searched by keyboard alone, from any page, without a server",
  () =>
    onSite(1280, async (page, address, foreign) => {
      for (const from of ["index.html", "contracts/policy.html"]) {
        await page.goto(address + from);
        await page.keyboard.press("/");
        await page.keyboard.type("debian and");
        assert.equal(await page.locator("#results li a").first().isVisible(), true);
        await page.keyboard.press("Enter");
        await page.waitForURL(`${address}install.html#debian-and-ubuntu`);
      }
      await page.keyboard.press("/");
      await page.keyboard.type("qqxyzzy");
      await page.keyboard.press("Enter");
      assert.deepEqual(await page.locator("#results a").count(), 0);
      assert.deepEqual(foreign, []);
    }),
);

browserTest(
  "every page fits into a narrow window, and has its pictures",
  () =>
    onSite(390, async (page, _address, foreign) => {
      const addresses: string[] = await page.evaluate(
        `[...document.querySelectorAll("#pages a")].map((link) => link.href)`,
      );
      assert.ok(addresses.length > 80);
      for (const address of addresses) {
        await page.goto(address);
        const { overflow, broken } = await page.evaluate(MEASURE) as { overflow: number; broken: string[] };
        assert.deepEqual([address, overflow, broken], [address, 0, []]);
      }
      assert.deepEqual(foreign, []);
    }),
);
