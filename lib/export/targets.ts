import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { folderOf, type SafePath } from "../formats/path.ts";
import type { IsLine } from "../gate/trace/own_log.ts";
import { pathArgument } from "../formats/shell.ts";
import { sameFileAmong } from "../session/paths.ts";

/** A file that an export is to be written to. */
export interface ExportTarget {
  readonly target: SafePath;
  /** Set where lines are appended to what is there. */
  readonly appends: IsLine | undefined;
}

/**
 * Check the files of an export before any work is done: all different, none a folder, and a folder for each.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkTargets(targets: readonly ExportTarget[], files: Files): Promise<void> {
  const taken: string[] = [];
  for (const { target, appends } of targets) {
    if (await sameFileAmong(files, target, taken)) {
      throw invalidInput(`Cannot write "${target}": it is another output, too`);
    }
    taken.push(target);
    if ((await files.stat(target))?.kind === "folder") {
      throw invalidInput(`Cannot write "${target}": it is a folder`);
    }
    if (!appends && (await files.stat(folderOf(target))) === undefined) {
      throw invalidInput(`Cannot write "${target}": its folder does not exist`, {
        hint: `Make it: mkdir -p ${pathArgument(folderOf(target))}`,
      });
    }
  }
}
