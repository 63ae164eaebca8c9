import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";

/** Bytes per read; a multiple of 3, so that base64 chunks need no padding. */
export const PIECE = 3 * 2 ** 18;

/** The `error_detail` for an output path that already exists. */
const OUTPUT_EXISTS = "output_exists";

/**
 * Check that a file may be read for encrypting or decrypting: links are not followed, because anyone who can place a
 * link could choose the file (docs/threat_model.md 17).
 *
 * @returns the file's metadata
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
    : "it is not a regular file";
  throw invalidInput(`Cannot read "${path}": ${reason}`, {
    hint: info?.kind === "folder"
      ? "Pack the folder into one file first"
      : "Give the path of the file itself",
  });
}

/**
 * Check an output path before any work is done (docs/spec/guard.md section 7): the input file and links are always
 * refused, any other existing file unless `force` is set.
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
    throw invalidInput(`Cannot write to "${path}": it is the input file`, {
      hint: "Choose another output: --out <file>",
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
  throw invalidInput(`Cannot write to "${path}": the file exists already`, {
    detail: OUTPUT_EXISTS,
    hint: "Give another path: --out <file>, or replace the existing file with --force",
  });
}

/** Stream an output into a new file that only its owner can read; an error leaves no partial file. */
export async function writeTarget(
  target: string,
  parts: AsyncIterable<Uint8Array>,
  force: boolean,
  files: Files,
): Promise<void> {
  await files.makeFolder(folderOf(target));
  // Another process may have created the file since the check.
  await files.writeAtomicParts(target, parts, { mode: 0o600, onlyNew: !force });
}
