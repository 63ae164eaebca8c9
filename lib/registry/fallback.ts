import type { Files } from "../effects/types.ts";
import { ifReadable } from "../errors/mod.ts";
import { namesIn, PINS } from "./cache.ts";
import { MANIFEST_NAME, MAX_MANIFEST_BYTES } from "./manifest.ts";

/** A cached manifest that replaces one that could not be fetched. */
export interface Fallback {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The first readable manifest that is stored in the cache under a digest; `undefined` if there is none. Its content
 * is verified like that of any fetched manifest. Folders are listed rather than globbed, so the digest can't act as a
 * pattern.
 */
export async function cachedFallback(
  files: Files,
  cache: string,
  digest: string,
): Promise<Fallback | undefined> {
  for (const name of await namesIn(files, cache)) {
    if (name === PINS) continue;
    for (const version of await namesIn(files, `${cache}/${name}`)) {
      const path = `${cache}/${name}/${version}/${digest}/${MANIFEST_NAME}`;
      if ((await files.stat(path))?.kind !== "file") continue;
      const bytes = await ifReadable(() => files.read(path, MAX_MANIFEST_BYTES));
      if (bytes !== undefined) return { path, bytes };
    }
  }
  return undefined;
}
