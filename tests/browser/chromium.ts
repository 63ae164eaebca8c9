import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { makePage } from "../../lib/export/html/make_page.ts";
import type { PublicKey } from "../../lib/signing/mod.ts";
import { isBuiltFrom, readInputs } from "../../scripts/bundle_inputs.ts";
import { bundlePage } from "../../scripts/bundle_page.ts";
import { urlOf } from "../../scripts/root.ts";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { testUnless } from "../support/test_unless.ts";

/**
 * Debian's; scripts/install_test_tools.sh installs the first. It is the same engine without the program around it, and
 * takes a third of the processor time for a page.
 */
const CHROMIUMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"] as const;

const present = CHROMIUMS.find((path) => existsSync(path));
const missing = present === undefined ? `${CHROMIUMS.join(" and ")} are absent` : undefined;

let launched: Promise<Browser> | undefined;

/** The one browser of a test file. */
export function browser(): Promise<Browser> {
  launched ??= (async () => {
    const { chromium } = await import("playwright-core");
    // Tests may run as root, where Chromium has no sandbox; it opens nothing but files made here.
    return await chromium.launch({
      executablePath: present!,
      args: ["--no-sandbox"],
      // The shell takes its language from here; that of LANG=C.UTF-8, "en-US@posix", is none that a page can use.
      env: { ...Deno.env.toObject(), LC_ALL: "en_US.UTF-8" },
    });
  })();
  return launched;
}

Deno.test.afterAll(async () => await (await launched)?.close());

/**
 * A test that needs Chromium.
 *
 * @param alsoMissing what else it needs and is missing here
 */
export function browserTest(name: string, body: () => Promise<void>, alsoMissing?: string): void {
  // The browser outlives a test, so that a file starts one only.
  testUnless(missing ?? alsoMissing, name, body, { sanitizeOps: false, sanitizeResources: false });
}

let script: Promise<string> | undefined;

/** The script of the page, from the sources as they are now: that of dist/, if it was built from them. */
async function pageScript(): Promise<string> {
  if (!await isBuiltFrom(await readInputs())) return await bundlePage();
  return (await import(urlOf("dist/page_script.js"))).default;
}

/** A page that holds a pack, whether or not the command would export it. */
export async function pageOf(pack: Uint8Array<ArrayBuffer>, claimedKey?: PublicKey): Promise<string> {
  script ??= pageScript();
  const parts = { script: await script, version: "0.0.0-test", ...(claimedKey ? { claimedKey } : {}) };
  return new TextDecoder().decode(await makePage(pack, parts));
}

/** A page in the browser, and what it did. */
export interface OpenedPage {
  readonly page: Page;
  /** Addresses that it asked for, the file itself included. */
  readonly requests: readonly string[];
  /** What the browser complained about: errors and violations of the policy. */
  readonly complaints: readonly string[];
}

/** How a page is opened. */
export interface Opening {
  readonly options?: BrowserContextOptions;
  /** A script that runs before those of the page. */
  readonly before?: () => void;
}

/** A new page, of which is kept from the start what it asks for and what the browser complains about. */
export async function watchedPage(context: BrowserContext): Promise<OpenedPage> {
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => complaints.push(message.text()));
  return { page, requests, complaints };
}

/** Open the text of a page from a file, and close everything afterwards. */
export async function onPage(
  text: string,
  body: (opened: OpenedPage) => Promise<void>,
  { options = {}, before }: Opening = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-page-" });
  const context = await (await browser()).newContext(options);
  try {
    await Deno.writeTextFile(`${folder}/page.html`, text);
    if (before) await context.addInitScript(before);
    const opened = await watchedPage(context);
    await opened.page.goto(pathToFileURL(`${folder}/page.html`).href);
    await body(opened);
  } finally {
    await context.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a page says. */
export interface Answer {
  readonly outcome: string | null;
  /** The result for machines, as text. */
  readonly json: string | null;
}

/** Wait until the page has answered so many times, and read the answer. */
export async function answerOf(page: Page, checks = 1): Promise<Answer> {
  await page.waitForSelector(`main[data-checks="${checks}"] #verdict`);
  return {
    outcome: await page.getAttribute("#verdict", "data-outcome"),
    json: await page.textContent("#result"),
  };
}

/** Give the page a key, as a reader does. */
export async function giveKey(page: Page, text: string, strict = false): Promise<void> {
  await page.fill("#public-key", text);
  await page.setChecked("#strict", strict);
  await page.click("#check");
}
