/**
 * Builds the page of `gait ui`: its script (preact, htm, uPlot and the verification of the command) and its style in one
 * HTML text, with the content security policy that allows just these two.
 */
import { fileURLToPath } from "node:url";
import { STYLE } from "../lib/ui/page/style.ts";
import { bundleModules } from "./bundler.ts";
import { SUBSTITUTES } from "./bundle_page.ts";

/** A built page, as `lib/ui/page_answer.ts` serves it. */
export interface BuiltUi {
  readonly html: string;
  readonly policy: string;
}

/** Build the page. The same sources give the same bytes. */
export async function bundleUi(): Promise<BuiltUi> {
  const files = await bundleModules({
    entry: "lib/ui/page/main.ts",
    substitutes: SUBSTITUTES,
    shared: ["preact"],
    edit: (path, text) => path.startsWith("lib/ui/page/") ? withoutIndentation(text) : text,
    output: { inlineDynamicImports: true },
  });
  const script = files.get("main.js")!.trimEnd();
  const foreign = ["Deno.", '"node:', "'node:", "`node:"].find((word) => script.includes(word));
  if (foreign) throw new Error(`Cannot bundle the page: its script names ${foreign}`);
  const charts = await Deno.readTextFile(
    fileURLToPath(import.meta.resolve("uplot")).replace(/[^/]*$/, "uPlot.min.css"),
  );
  const style = `${charts.trim()}\n${STYLE}`;
  // Either would end its element early.
  if (/<\/script|<!--/i.test(script) || /<\//.test(style)) {
    throw new Error("The page can't hold its script or style");
  }
  const policy = [
    "default-src 'none'",
    `script-src '${await sourceOf(script)}'`,
    `style-src '${await sourceOf(style)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return { html: htmlOf(script, style), policy };
}

/** The formatter indents templates, which no minifier takes back; to the page a line break is as good as a blank. */
function withoutIndentation(text: string): string {
  return text.replace(/\n +/g, "\n");
}

function htmlOf(script: string, style: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Gait Local UI</title>
<style>${style}</style>
</head>
<body>
<div id="page"><noscript><p>This page needs scripts. Everything on it is also a command: see gait help.</p></noscript></div>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** The digest of an element's text, as a content security policy names it. */
async function sourceOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `sha256-${digest.toBase64()}`;
}

/** The module that the program loads the page from. */
export function pageModule(page: BuiltUi): string {
  return `export default ${JSON.stringify({ html: page.html, policy: page.policy })};\n`;
}
