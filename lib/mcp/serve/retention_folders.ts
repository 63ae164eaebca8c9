import type { Effects } from "../../effects/types.ts";
import { unsafeOperation } from "../../errors/mod.ts";
import { folderOf, joinPath } from "../../formats/path.ts";
import { EVIDENCE_CLASSES, type ServeOptions } from "./settings.ts";

/**
 * Refuse to remove old files from a folder that is more than a folder of evidence: the root, the home or the working
 * folder, one above these, and one of a project or of Gait itself (docs/spec/mcp.md 6.6). What stands there was not made by
 * the server, and a name that fits is soon found.
 *
 * @throws {GaitError} `unsafe_operation`
 */
export async function checkRetentionFolders(
  { folders, retention }: Pick<ServeOptions, "folders" | "retention">,
  { files, home }: Pick<Effects, "files" | "home">,
): Promise<void> {
  for (const kind of EVIDENCE_CLASSES) {
    const folder = folders[kind];
    const { maxAge, maxCount } = retention[kind];
    if (folder === undefined || maxAge <= 0n && maxCount <= 0) continue;
    const real = await files.realPath(folder);
    const above = [await files.realPath("."), ...home ? [await files.realPath(home)] : []];
    const reason = above.some((path) => isAtOrBelow(path, real))
      ? "it is, or holds, the root, the home or the working folder"
      : real.split("/").some((part) => OWN.includes(part.toLowerCase()))
      ? "it belongs to Git or to Gait"
      : await holdsOwn(real, files)
      ? "it holds .git or .gait"
      : undefined;
    if (reason === undefined) continue;
    throw unsafeOperation(`Cannot remove old files from "${folder}": ${reason}`, {
      hint: `Give the ${kind} class a folder of its own: --${kind}-dir <folder>`,
    });
  }
}

/** Folders that are never evidence, in any case that a file system may ignore. */
const OWN = [".git", ".gait"];

async function holdsOwn(folder: string, files: Effects["files"]): Promise<boolean> {
  for (const name of OWN) if (await files.stat(joinPath(folder, name)) !== undefined) return true;
  return false;
}

function isAtOrBelow(path: string, folder: string): boolean {
  for (let at = path;; at = folderOf(at)) {
    if (at === folder) return true;
    if (at === folderOf(at)) return false;
  }
}
