import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath } from "../formats/path.ts";
import { namesIn, pinPath } from "./cache.ts";
import { MANIFEST_NAME } from "./manifest.ts";
import { nameFault } from "./pack_name.ts";
import { pinnedDigest, readPin } from "./pin.ts";
import { ifReadable } from "../errors/mod.ts";

/** What was removed. */
export interface Removed {
  /** Folders of packs. */
  readonly paths: readonly string[];
  /** The pin, if it named one of them. */
  readonly pinPath?: string;
}

/**
 * Remove a pack, or one version of it, from a cache, and its pin with it. Everything in its folders is removed,
 * including entries that are not packs; links are removed, not followed.
 *
 * @throws {GaitError} `invalid_input` if the cache has no such pack
 */
export async function removePack(
  files: Files,
  cache: string,
  name: string,
  version: string | undefined,
): Promise<Removed> {
  for (const part of [name, ...(version === undefined ? [] : [version])]) {
    const fault = nameFault(part);
    if (fault !== undefined) throw invalidInput(`Cannot remove pack "${part}": ${fault}`);
  }
  const versions = (await namesIn(files, `${cache}/${name}`)).filter((held) =>
    version === undefined || held === version
  );
  if (versions.length === 0) {
    throw invalidInput(
      `Cannot remove pack "${name}"${version === undefined ? "" : ` ${version}`}: it is not in the cache`,
      { hint: "List the packs: gait registry list" },
    );
  }
  const paths: string[] = [];
  const digests: string[] = [];
  for (const held of versions) {
    const folder = cleanPath(`${cache}/${name}/${held}`);
    for (const digest of await namesIn(files, folder)) {
      // Remove the manifest first: after a crash, no manifest refers to the remaining files.
      await removeFile(files, `${folder}/${digest}/${MANIFEST_NAME}`);
      await removeTree(files, `${folder}/${digest}`);
      paths.push(`${folder}/${digest}`);
      digests.push(digest);
    }
    await removeTree(files, folder);
  }
  if ((await namesIn(files, `${cache}/${name}`)).length === 0) await removeTree(files, `${cache}/${name}`);
  const pin = pinPath(cache, name);
  const held = await ifReadable(() => readPin(files, pin));
  if (held === undefined || !digests.includes(pinnedDigest(held))) return { paths };
  await files.remove(pin);
  return { paths, pinPath: pin };
}

async function removeFile(files: Files, path: string): Promise<void> {
  const kind = (await files.stat(path))?.kind;
  if (kind !== undefined && kind !== "folder") await files.remove(path);
}

async function removeTree(files: Files, path: string): Promise<void> {
  const info = await files.stat(path);
  if (info === undefined) return;
  if (info.kind === "folder") {
    for (const name of await files.list(path)) await removeTree(files, `${path}/${name}`);
  }
  await files.remove(path);
}
