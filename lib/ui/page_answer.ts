import type { ServerAnswer } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";

/** The page as `scripts/bundle_ui.ts` builds it. */
export interface BuiltPage {
  readonly html: string;
  /** Its content security policy, which allows one script and one style by their digests. */
  readonly policy: string;
}

/**
 * Load the page, which is stored next to the bundle.
 *
 * @throws {GaitError} `dependency_missing` where there is no bundle
 */
export async function loadUiPage(): Promise<BuiltPage> {
  const place = new URL("./ui_page.js", import.meta.url).href;
  try {
    const { default: page } = await import(place);
    return page;
  } catch (cause) {
    throw new GaitError("dependency_missing", "Cannot serve the page: it is not built", {
      cause,
      hint: "Build it with: deno task bundle",
    });
  }
}

/**
 * The answer with the page. Nothing may embed it (clickjacking), its address is sent nowhere as a referrer, and no other
 * window keeps a handle on it.
 */
export function pageAnswer({ html, policy }: BuiltPage): ServerAnswer {
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    },
    body: html,
  };
}
