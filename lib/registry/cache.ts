import type { Files } from "../effects/types.ts";
import { GaitError, invalidOption, unsafeOperation } from "../errors/mod.ts";
import { baseName, cleanPath, folderOf } from "../formats/path.ts";
import type { Manifest } from "./manifest.ts";
import { MANIFEST_NAME } from "./manifest.ts";

/** Folder of the pins in a cache, one `<pack_name>.pin` each. */
export const PINS = "pins";

/**
 * The folder of the cache: the given one, or that of the home folder.
 *
 * @throws {GaitError} `invalid_input` when neither is known
 */
export function cacheFolder(given: string | undefined, home: string | undefined): string {
  if (given !== undefined) return cleanPath(given);
  if (home === undefined) {
    throw invalidOption(
      () => "Cannot find the cache: the home folder is unknown",
      (name) => `Give ${name("cacheDir")}`,
    );
  }
  return cleanPath(`${home}/.gait/registry`);
}

/** Folder of a pack in a cache. */
export function packFolder(cache: string, { pack, digest }: Pick<Manifest, "pack" | "digest">): string {
  return cleanPath(`${cache}/${pack.pack_name}/${pack.pack_version}/${digest}`);
}

/** Where the manifest of a pack stands in a cache. */
export function metadataPath(cache: string, manifest: Pick<Manifest, "pack" | "digest">): string {
  return `${packFolder(cache, manifest)}/${MANIFEST_NAME}`;
}

/** Where the pin of a pack stands in a cache. */
export function pinPath(cache: string, packName: string): string {
  return cleanPath(`${cache}/${PINS}/${packName}.pin`);
}

/** The cache that a path lies in, if it lies where the cache would keep this manifest. */
export function cacheOf(
  path: string,
  { pack, digest }: Pick<Manifest, "pack" | "digest">,
): string | undefined {
  const cleaned = cleanPath(path);
  const folder = folderOf(cleaned);
  const version = folderOf(folder);
  const name = folderOf(version);
  const lies = baseName(cleaned) === MANIFEST_NAME && baseName(folder).toLowerCase() === digest &&
    baseName(version) === pack.pack_version && baseName(name) === pack.pack_name;
  return lies ? folderOf(name) : undefined;
}

/**
 * Make a folder below the cache. Folders in between that are links would lead what is written to a place that somebody
 * else chose (docs/threat_model.md 17).
 *
 * @throws {GaitError} `unsafe_operation`
 */
export async function makeCacheFolder(files: Files, cache: string, folder: string): Promise<void> {
  for (let at = folder; at !== cache && at !== folderOf(at); at = folderOf(at)) {
    if ((await files.stat(at))?.kind === "symlink") {
      throw unsafeOperation(`Cannot use cache folder "${at}": it is a symbolic link`, {
        hint: "Remove the link, or give another --cache-dir",
      });
    }
  }
  await files.makeFolder(folder);
}

/**
 * The names in a folder of the cache: none where there is no folder. Something that can't be looked into holds nothing
 * for us, and a link leads out of the cache.
 */
export async function namesIn(files: Files, folder: string): Promise<string[]> {
  if ((await files.stat(folder))?.kind !== "folder") return [];
  try {
    return await files.list(folder);
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return [];
    throw error;
  }
}
