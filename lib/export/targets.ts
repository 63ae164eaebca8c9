import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { isObjectWith, type JsonObject } from "../formats/json/mod.ts";
import { folderOf, type SafePath } from "../formats/path.ts";
import { sameFileAmong } from "../session/paths.ts";

/** Tells a line of a log from anything else. */
export type IsLine = (line: JsonObject) => boolean;

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
      throw invalidInput(`Cannot write "${target}": its folder does not exist`);
    }
  }
}

/** Longer than any first line that is written: 64 KiB. */
const MAX_FIRST_LINE = 1 << 16;

/**
 * Refuse to append to a file that is not a log of this format: the first line that it has tells.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseOtherLog(files: Files, target: SafePath, isLine: IsLine): Promise<void> {
  const there = await files.stat(target);
  if (there === undefined || there.size === 0) return;
  const begin = await files.readPart(target, 0, MAX_FIRST_LINE);
  const end = begin.indexOf(0x0a);
  if (end > 0 && isObjectWith(begin.subarray(0, end), isLine)) return;
  throw invalidInput(`Cannot append to "${target}": what stands there is no log of this format`, {
    hint: "Give the log a file of its own",
    detail: "output_exists",
  });
}
