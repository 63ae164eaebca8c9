import { invalidInput } from "../../errors/mod.ts";
import type { Files } from "../../effects/types.ts";
import { isObjectWith, type JsonObject } from "../../formats/json/mod.ts";

/** Tells a line of a log from anything else. */
export type IsLine = (line: JsonObject) => boolean;

/** Longer than any first line that is written: 64 KiB. */
const MAX_FIRST_LINE = 1 << 16;

/**
 * Refuse to append to a file that is not a log of this format: the first line that it has tells.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseOtherLog(files: Files, target: string, isLine: IsLine): Promise<void> {
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
