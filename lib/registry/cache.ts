import type { Files } from "../effects/types.ts";
import { GaitError, invalidOption, unsafeOperation } from "../errors/mod.ts";
import { baseName, cleanPath, folderOf } from "../formats/path.ts";
import type { Manifest } from "./manifest.ts";
import { MANIFEST_NAME } from "./manifest.ts";

/** Folder of the pins in a cache, one `<pack_name>.pin` each. */
export const PINS = "pins";

/**
 * The cache folder: the given one, or the default one in the home folder.
 *
 * @throws {GaitError} `invalid_input` if neither is known
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

/** Path of a pack's manifest in a cache. */
export function metadataPath(cache: string, manifest: Pick<Manifest, "pack" | "digest">): string {
  return `${packFolder(cache, manifest)}/${MANIFEST_NAME}`;
}

/** Path of a pack's pin in a cache. */
export function pinPath(cache: string, packName: string): string {
  return cleanPath(`${cache}/${PINS}/${packName}.pin`);
}

/** The cache that contains a path, if the path is where that cache would store this manifest. */
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
 * Create a folder inside the cache. A parent folder that is a link is refused: it could redirect writes to a place
 * that an attacker chose (docs/threat_model.md 17).
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

/** The names in a cache folder; empty if it is missing, unreadable, or a link (which would lead out of the cache). */
export async function namesIn(files: Files, folder: string): Promise<string[]> {
  if ((await files.stat(folder))?.kind !== "folder") return [];
  try {
    return await files.list(folder);
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return [];
    throw error;
  }
}
