/**
 * Builds the script of the page of `gait pack export --html`: the verification of the command, bundled for browsers.
 * Modules that use the runtime are replaced by modules of the page.
 */
import { bundleModules } from "./bundler.ts";

const PAGE = "lib/export/html/page";

/** Modules that use the runtime, and their replacements in the page. */
export const SUBSTITUTES: Readonly<Record<string, string>> = {
  "lib/signing/ed25519.ts": `${PAGE}/substitute/ed25519.ts`,
  "lib/signing/bulk_digest.ts": `${PAGE}/substitute/bulk_digest.ts`,
  "lib/formats/zip/native_crc32.ts": `${PAGE}/substitute/native_crc32.ts`,
};

/** The text of the page's script, minified. */
export async function bundlePage(): Promise<string> {
  const files = await bundleModules({
    entry: `${PAGE}/main.ts`,
    substitutes: SUBSTITUTES,
    output: { inlineDynamicImports: true },
  });
  const text = files.get("main.js")!;
  const foreign = ["Deno.", '"node:', "'node:", "`node:"].find((word) => text.includes(word));
  if (foreign) throw new Error(`Cannot bundle the page: its script names ${foreign}`);
  return text;
}

/** The module that the bundle loads it from. */
export function scriptModule(text: string): string {
  return `export default ${JSON.stringify(text)};\n`;
}
