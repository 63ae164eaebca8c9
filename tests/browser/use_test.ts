/// <reference lib="dom" />
/** The page as a person uses it: keyboard, key files, claims of the exporter, saving, printing, colours. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { formatPublicKey } from "../../lib/signing/mod.ts";
import { runPackSample } from "../support/sample_packs.ts";
import { testKey } from "../support/sample_run.ts";
import { answerOf, browserTest, onPage, pageOf } from "./chromium.ts";

const key = await testKey(1);
const RIGHT = formatPublicKey(key.public);

browserTest("a reader verifies with the keyboard alone, and takes the key back", async () => {
  await onPage(await pageOf(await runPackSample(key)), async ({ page }) => {
    await answerOf(page);
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "public-key");
    await page.keyboard.type(RIGHT.trim());
    await page.keyboard.press("Enter");
    assert.equal((await answerOf(page, 2)).outcome, "verified");
    assert.equal(await page.textContent("#key-id"), key.public.id);
    assert.equal(await page.title(), "Verified: evidence pack");
    const reached: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    assert.deepEqual(reached, ["key-file", "strict", "check", "forget"]);
    await page.keyboard.press("Space");
    assert.equal((await answerOf(page, 3)).outcome, "signer_unknown");
    assert.equal(await page.inputValue("#public-key"), "");
    await page.keyboard.press("Tab"); // to the first step that opens
    assert.equal(await page.evaluate(() => document.activeElement?.localName), "summary");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".timeline details[open]").count(), 1);
  });
});

browserTest("a key file is read and used", async () => {
  await onPage(await pageOf(await runPackSample(key)), async ({ page }) => {
    await answerOf(page);
    const choose = (text: string) =>
      page.setInputFiles("#key-file", { name: "k.key", mimeType: "text/plain", buffer: Buffer.from(text) });
    await choose(RIGHT);
    assert.equal((await answerOf(page, 2)).outcome, "verified");
    await choose(formatPublicKey((await testKey(2)).public));
    assert.equal((await answerOf(page, 3)).outcome, "not_verified");
    await choose("x".repeat(100_000));
    assert.equal((await answerOf(page, 4)).outcome, "not_verified");
  });
});

browserTest("the key that the exporter names is a claim until the reader takes it", async () => {
  await onPage(await pageOf(await runPackSample(key), key.public), async ({ page }) => {
    assert.equal((await answerOf(page)).outcome, "signer_unknown");
    assert.ok((await page.textContent("#claimed-key"))!.includes(key.public.id));
    await page.click("#use-claimed");
    assert.equal((await answerOf(page, 2)).outcome, "verified");
  });
});

browserTest("saving gives the bytes that were exported", async () => {
  const pack = await runPackSample(key);
  await onPage(await pageOf(pack), async ({ page }) => {
    await answerOf(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
    assert.equal(download.suggestedFilename(), "pack.zip");
    assert.deepEqual(await Deno.readFile(await download.path()), pack);
  });
});

browserTest("the content of a file is shown when it is asked for", async () => {
  await onPage(await pageOf(await runPackSample(key)), async ({ page }) => {
    await answerOf(page);
    const file = page.locator("#files details", { hasText: "run_payload.json" });
    assert.equal(await file.locator("pre").count(), 0);
    await file.locator("summary").click();
    assert.match((await file.locator("pre").textContent())!, /^\{.*"gait\.pack\.run".*\}\n?$/);
    await file.locator("summary").click();
    await file.locator("summary").click();
    assert.equal(await file.locator("pre").count(), 1);
  });
});

browserTest("a long run is shown some at a time, and counted whole", async () => {
  const pack = await runPackSample(key, (run) => {
    run.run.timeline = [];
    run.intents = Array.from(
      { length: 1201 },
      (_, i) => ({ intent_id: `i${i}`, tool_name: `tool.${i}`, args: {} }),
    );
    run.results = run.intents.map(({ intent_id }: { intent_id: string }, i: number) => ({
      intent_id,
      status: i % 3 === 0 ? "error" : "ok",
      result: {},
    }));
  });
  await onPage(await pageOf(pack), async ({ page }) => {
    assert.equal((await answerOf(page)).outcome, "signer_unknown");
    const steps = page.locator(".timeline").first().locator("ol.steps > li");
    const more = page.locator(".timeline").first().locator("button");
    assert.deepEqual(await page.locator(".tally").first().locator(".tag").allTextContents(), [
      "error 401",
      "ok 800",
    ]);
    for (const count of [500, 1000, 1201]) {
      assert.equal(await steps.count(), count);
      assert.equal(await more.isVisible(), count < 1201);
      if (count < 1201) await more.click();
    }
  });
});

browserTest("the page prints with its steps open and without its controls", async () => {
  await onPage(await pageOf(await runPackSample(key)), async ({ page }) => {
    await answerOf(page);
    await page.evaluate(() => {
      const open = () => document.querySelectorAll(".timeline details[open]").length;
      addEventListener("beforeprint", () => document.body.dataset.printed = String(open()));
    });
    const pdf = await page.pdf();
    assert.ok(pdf.length > 10_000);
    assert.ok(Number(await page.getAttribute("body", "data-printed")) >= 3);
    assert.equal(await page.locator(".timeline details[open]").count(), 0);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.isVisible("#key-panel"), false);
    assert.equal(await page.isVisible("#verdict"), true);
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `every text can be read in the ${colorScheme} scheme, and nothing is wider than a phone`,
    async () => {
      await onPage(await pageOf(await runPackSample(key), key.public), async ({ page }) => {
        await answerOf(page);
        await page.evaluate(() =>
          document.querySelectorAll("details").forEach((details) => details.open = true)
        );
        const weak = await page.evaluate(() => {
          const numbers = (colour: string) => colour.match(/[\d.]+/g)!.map(Number);
          const luminance = (colour: string) => {
            const [r, g, b] = numbers(colour).slice(0, 3).map((value) => {
              const part = value / 255;
              return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
          };
          const behind = (element: Element): string => {
            const colour = getComputedStyle(element).backgroundColor;
            return numbers(colour)[3] === 0 && element.parentElement ? behind(element.parentElement) : colour;
          };
          const weak: string[] = [];
          for (const element of document.querySelectorAll("main *")) {
            const own = [...element.childNodes].some(({ nodeType, textContent }) =>
              nodeType === 3 && textContent!.trim() !== ""
            );
            if (!own) continue;
            const [one, two] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
            const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            if (contrast < 4.5) weak.push(`${element.localName}.${element.className} ${contrast.toFixed(2)}`);
          }
          return [...new Set(weak)];
        });
        assert.deepEqual(weak, []);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
      }, { options: { colorScheme, viewport: { width: 380, height: 800 } } });
    },
  );
}
