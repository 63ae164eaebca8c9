import type { Files } from "../../effects/mod.ts";
import { cleanPath, folderOf } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";

/** Group and others may write. */
const BY_OTHERS = 0o022;

/**
 * Why a folder is no place for a private key, which nobody but its owner can read: whoever may write to the folder can
 * put another key in its place, and whoever may exchange a link to it can lead to another folder.
 */
export async function placeWarnings(given: string, files: Files): Promise<string[]> {
  const folder = cleanPath(given);
  const warnings: string[] = [];
  const mode = await modeBehind(folder, files);
  if ((mode & BY_OTHERS) !== 0) {
    warnings.push(
      `others can write to "${folder}" and exchange the key there: chmod go-w ${pathArgument(folder)}`,
    );
  }
  for (const link of await linksOf(folder, files)) {
    const around = folderOf(link);
    if (((await modeBehind(around, files)) & BY_OTHERS) === 0) continue;
    warnings.push(
      `"${link}" is a link in "${around}", to which others can write: they may lead it to another folder`,
    );
  }
  return warnings;
}

/** The permissions of what a path leads to. */
async function modeBehind(path: string, files: Files): Promise<number> {
  return (await files.stat(await files.realPath(path)))?.mode ?? 0;
}

/** The links on the way to a folder, and the folder itself where it is one. */
async function linksOf(folder: string, files: Files): Promise<string[]> {
  const links: string[] = [];
  for (let path = folder;; path = folderOf(path)) {
    if ((await files.stat(path))?.kind === "symlink") links.unshift(path);
    if (folderOf(path) === path) return links;
  }
}
