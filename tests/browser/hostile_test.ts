/// <reference lib="dom" />
/**
 * The page against packs, pages and browsers that mean harm (docs/threat_model.md 44 and 46): data stays text, nothing
 * is asked of a network, and whatever can't be verified is not verified.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { formatPublicKey } from "../../lib/signing/mod.ts";
import { MARKUP, reachOut } from "../support/page_attacks.ts";
import { runPackSample } from "../support/sample_packs.ts";
import { testKey } from "../support/sample_run.ts";
import { answerOf, browserTest, giveKey, onPage, pageOf } from "./chromium.ts";

const key = await testKey(1);

const HOSTILE = [
  ...MARKUP,
  "&lt;b&gt;",
  "verified\u202egnp.exe\u2066\u200b\u2028end",
  "\x1b[2Jcleared\u0000\u0085",
];

async function hostilePack(): Promise<Uint8Array<ArrayBuffer>> {
  return await runPackSample(key, (run) => {
    run.run.env = { os: HOSTILE[0], arch: HOSTILE[1], runtime: HOSTILE[8] };
    run.run.timeline = HOSTILE.map((event) => ({ event, ts: "2026-03-01T09:00:00Z", ref: event }));
    run.intents = HOSTILE.map((tool_name, i) => ({
      intent_id: `i${i}`,
      tool_name,
      args: { [tool_name]: tool_name },
    }));
    run.results = HOSTILE.map((status, i) => ({
      intent_id: `i${i}`,
      status,
      result: { verdict: status, reason_codes: [status], text: status },
    }));
    for (const [i, receipt] of run.refs.receipts.entries()) receipt.source_locator = HOSTILE[i];
  });
}

/** Names of all elements that a page may have. */
const NAMES = (
  "a bdi body button dd details div dl dt em footer form h1 h2 head html input label li main meta " +
  "noscript ol p pre script section span style summary time title ul"
).split(" ");

/** Elements of the page by name, with how many scripts and styles there are. */
function elementsOf(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const counts: Record<string, number> = {};
    for (const { localName } of document.querySelectorAll("*")) {
      counts[localName] = (counts[localName] ?? 0) + 1;
    }
    return counts;
  });
}

browserTest("whatever a pack says is shown as text", async () => {
  await onPage(await pageOf(await hostilePack()), async ({ page, requests, complaints }) => {
    assert.equal((await answerOf(page)).outcome, "signer_unknown");
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => details.open = true));
    await page.waitForFunction(() =>
      document.querySelectorAll("#files details pre, #files details p + p").length >= 3
    );
    const counts = await elementsOf(page);
    assert.deepEqual(Object.keys(counts).filter((name) => !NAMES.includes(name)), []);
    assert.deepEqual([counts.script, counts.style, counts.meta], [2, 1, 5]);
    const text = await page.innerText("#evidence");
    for (const reported of HOSTILE.slice(0, 8)) assert.ok(text.includes(reported), reported);
    assert.ok(text.includes("verified\\u202egnp.exe\\u2066\\u200b\\u2028end"));
    assert.ok(text.includes("\\x1b[2Jcleared\\x00\\x85"));
    // deno-lint-ignore no-control-regex
    assert.ok(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/.test(text));
    assert.equal(await page.evaluate(() => "harmed" in globalThis), false);
    assert.equal(requests.length, 1);
    assert.deepEqual(complaints, []);
  });
});

browserTest("the page asks for nothing but itself, and could not", async () => {
  let asked = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    asked++;
    return new Response("", { headers: { "access-control-allow-origin": "*" } });
  });
  const address = `http://127.0.0.1:${server.addr.port}/`;
  await onPage(await pageOf(await runPackSample(key)), async ({ page, requests, complaints }) => {
    await answerOf(page);
    await giveKey(page, formatPublicKey(key.public));
    assert.equal((await answerOf(page, 2)).outcome, "verified");
    assert.equal(requests.length, 1);
    assert.match(requests[0]!, /^file:/);
    assert.deepEqual(complaints, []);

    // What a script in the page could do if a pack ever got one in.
    const reached = await page.evaluate(reachOut, address);
    const done = await page.evaluate(async (address) => {
      const done: string[] = [];
      // In a task of its own: the driver lifts the ban on eval for its own.
      const ran = await new Promise((resolve) =>
        setTimeout(() => {
          try {
            resolve((0, eval)("true"));
          } catch {
            resolve(false);
          }
        })
      );
      if (ran) done.push("eval");
      const style = document.createElement("style");
      style.textContent = "main { display: none }";
      document.head.append(style);
      const form = document.createElement("form");
      form.action = address;
      document.body.append(form);
      form.submit();
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (getComputedStyle(document.querySelector("main")!).display === "none") done.push("style");
      return done;
    }, address);
    assert.deepEqual([...reached, ...done], []);
    assert.ok(complaints.length > 4, "the browser did not complain");
    assert.match(page.url(), /^file:/);
  });
  assert.equal(asked, 0);
  await server.shutdown();
});

browserTest("a page whose script or style was changed verifies nothing", async () => {
  const text = await pageOf(await runPackSample(key));
  const script = text.lastIndexOf('<script type="module">') + 40;
  const changed = text.slice(0, script) + " " + text.slice(script);
  await onPage(changed, async ({ page, complaints }) => {
    assert.equal(await page.locator("#verdict").count(), 0);
    assert.equal(await page.locator(".notice").first().isVisible(), true);
    assert.equal(complaints.length > 0, true);
  });
});

browserTest("without scripts the page says that nothing is verified", async () => {
  await onPage(await pageOf(await runPackSample(key)), async ({ page }) => {
    assert.equal(await page.locator("#verdict").count(), 0);
    assert.equal(await page.locator("noscript .notice").isVisible(), true);
    assert.equal((await page.innerText("main")).includes("tool."), false);
  }, { options: { javaScriptEnabled: false } });
});

browserTest("a page whose pack is no base64, or gone, is not verified", async () => {
  const text = await pageOf(await runPackSample(key));
  const pack = /(<script id="pack"[^>]*>\n)([\s\S]*?)(<\/script>)/;
  for (const changed of [text.replace(pack, "$1!!!$3"), text.replace(pack, ""), text.replace(pack, "$1$3")]) {
    await onPage(changed, async ({ page }) => {
      await page.waitForSelector("#verdict");
      assert.equal(await page.getAttribute("#verdict", "data-outcome"), "not_verified");
      assert.equal(await page.locator("#evidence").count(), 0);
    });
  }
});

browserTest("a browser that lacks what the verification needs is told so, and verifies nothing", async () => {
  const lacks: readonly (() => void)[] = [
    () => {
      const { parse } = JSON;
      JSON.parse = (text, reviver) =>
        parse(text, reviver && ((name: string, value: unknown) => reviver.call({}, name, value)));
    },
    () => Reflect.deleteProperty(globalThis, "DecompressionStream"),
    () => Object.defineProperty(Crypto.prototype, "subtle", { value: undefined }),
    () => Reflect.deleteProperty(String.prototype, "toWellFormed"),
  ];
  const text = await pageOf(await runPackSample(key));
  for (const before of lacks) {
    await onPage(text, async ({ page }) => {
      await page.waitForSelector("#verdict li");
      assert.equal(await page.getAttribute("#verdict", "data-outcome"), "not_verified");
      assert.equal(await page.locator("#evidence, #result").count(), 0);
    }, { before });
  }
});
