import { GaitError } from "../../errors/mod.ts";

/**
 * The text of the page's script, built from `page/main.ts` by `scripts/bundle_page.ts` and stored next to the bundle.
 *
 * @throws {GaitError} `dependency_missing` where there is no bundle
 */
export async function loadPageScript(): Promise<string> {
  const place = new URL("./page_script.js", import.meta.url).href;
  try {
    const { default: script } = await import(place);
    return script;
  } catch (cause) {
    throw new GaitError("dependency_missing", "Cannot export page: its script is not built", {
      cause,
      hint: "Build it with: deno task bundle",
    });
  }
}
