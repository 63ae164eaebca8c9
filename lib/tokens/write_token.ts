import type { Files } from "../effects/types.ts";
import { unsafeOperation } from "../errors/mod.ts";
import { cleanPath, folderOf } from "../formats/path.ts";

/**
 * Write a token as a whole (0600), with its folders; an older one is replaced (docs/spec/tokens.md 2.1).
 *
 * @throws {GaitError} `unsafe_operation` when a link stands at the path: whoever placed it chose what is overwritten
 */
export async function writeToken(files: Files, path: string, content: Uint8Array): Promise<void> {
  const target = cleanPath(path);
  if ((await files.stat(target))?.kind === "symlink") {
    throw unsafeOperation(`Cannot write token to "${path}": it is a symbolic link`, {
      hint: "Give the file itself",
    });
  }
  const folder = folderOf(target);
  if (folder !== "." && await files.stat(folder) === undefined) await files.makeFolder(folder);
  await files.writeAtomic(target, content, { anywhere: true });
}
