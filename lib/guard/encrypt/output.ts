import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";

/** Bytes that are read at a time; a multiple of 3, so that pieces of base64 have no padding. */
export const PIECE = 3 * 2 ** 18;

/** The `error_detail` for an output whose path is taken. */
const OUTPUT_EXISTS = "output_exists";

/**
 * Check that a file may be read for encrypting or decrypting: a link is not followed, since whoever placed it chose what it
 * leads to (docs/threat_model.md 17).
 *
 * @returns what stands there
 */
export async function checkSource(path: string, files: Pick<Files, "stat">) {
  const info = await files.stat(path);
  if (info?.kind === "file") return info;
  const reason = info === undefined
    ? "no such file"
    : info.kind === "symlink"
    ? "it is a symbolic link"
    : info.kind === "folder"
    ? "it is a folder"
    : "it is no regular file";
  throw invalidInput(`Cannot read "${path}": ${reason}`, {
    hint: info?.kind === "folder"
      ? "Pack the folder into one file first"
      : "Give the path of the file itself",
  });
}

/**
 * Check the path of an output before any work is done (docs/spec/guard.md section 7): the input and a link are refused
 * always, and whatever else stands there unless `force`.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkTarget(
  path: string,
  source: string,
  force: boolean,
  files: Files,
): Promise<string> {
  const target = outputPath(path);
  if (await files.realPath(target) === await files.realPath(source)) {
    throw invalidInput(`Cannot write to "${path}": it is the file that is read`, {
      hint: "Give the output a name of its own: --out <file>",
    });
  }
  const info = await files.stat(target);
  if (info === undefined) return target;
  if (info.kind !== "file") {
    const kind = info.kind === "symlink"
      ? "a symbolic link"
      : info.kind === "folder"
      ? "a folder"
      : "no regular file";
    throw invalidInput(`Cannot write to "${path}": it is ${kind}`, {
      hint: "Give another path: --out <file>",
    });
  }
  if (force) return target;
  throw invalidInput(`Cannot write to "${path}": another file stands there`, {
    detail: OUTPUT_EXISTS,
    hint: "Give another path: --out <file>, or --force to replace what stands there",
  });
}

/** Write an output in pieces as a new file that its owner alone can read; after an error no part of it is there. */
export async function writeTarget(
  target: string,
  parts: AsyncIterable<Uint8Array>,
  force: boolean,
  files: Files,
): Promise<void> {
  await files.makeFolder(folderOf(target));
  // Somebody may have written there since it was checked.
  await files.writeAtomicParts(target, parts, { mode: 0o600, onlyNew: !force });
}
