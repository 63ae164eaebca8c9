/**
 * Builds the script of the page of `gait pack export --html`: the verification of the command, bundled for browsers.
 * Modules that use the runtime are replaced by modules of the page.
 */
import { makeWorkFolder, root, urlOf } from "./root.ts";

const PAGE = "lib/export/html/page";

/** Modules that use the runtime, and their replacements in the page. */
export const SUBSTITUTES: Readonly<Record<string, string>> = {
  "lib/signing/ed25519.ts": `${PAGE}/substitute/ed25519.ts`,
  "lib/signing/bulk_digest.ts": `${PAGE}/substitute/bulk_digest.ts`,
  "lib/formats/zip/native_crc32.ts": `${PAGE}/substitute/native_crc32.ts`,
};

/** The text of the page's script, minified. */
export async function bundlePage(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const work = await makeWorkFolder("page-");
  try {
    const places = Object.entries(SUBSTITUTES).map(([from, to]) => [urlOf(from), urlOf(to)]);
    await Deno.writeTextFile(
      `${work}/imports.json`,
      JSON.stringify({ imports: { ...imports, ...Object.fromEntries(places) } }),
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--minify",
        "--platform",
        "browser",
        "--import-map",
        `${work}/imports.json`,
        "--output",
        `${work}/page.js`,
        `${root}${PAGE}/main.ts`,
      ],
      cwd: root,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot bundle the page:\n${new TextDecoder().decode(stderr)}`);
    const text = await Deno.readTextFile(`${work}/page.js`);
    const foreign = /\bDeno\.|["']node:/.exec(text);
    if (foreign) throw new Error(`Cannot bundle the page: its script names ${foreign[0]}`);
    return text;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The module that the bundle loads it from. */
export function scriptModule(text: string): string {
  return `export default ${JSON.stringify(text)};\n`;
}
