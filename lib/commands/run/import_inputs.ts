import { type ImportInput, MAX_CONVERSATION_BYTES } from "../../conversation/input.ts";
import { unpackLog } from "../../conversation/unpack_log.ts";
import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";

/** Deepest folder and most files that are looked through: a link in a circle must not go on for ever. */
const MAX_FOLDERS = 32;
const MAX_FILES = 10_000;

/**
 * Read the logs at the given paths: files, `-` for standard input, and all files of folders, sorted. Gzip files and
 * zip archives are unpacked.
 *
 * @throws {GaitError} `invalid_input` when one can't be read, or all together are larger than 256 MiB
 */
export async function readInputs(paths: readonly string[], effects: Effects): Promise<ImportInput[]> {
  if (paths.length === 0) {
    throw invalidInput("Cannot import: no file is given", {
      hint: "Give a file, a folder or - for standard input; --list-formats shows what is read",
    });
  }
  const inputs: ImportInput[] = [];
  let left = MAX_CONVERSATION_BYTES;
  const add = async (what: string, bytes: Uint8Array<ArrayBuffer>, found: boolean) => {
    for (const input of await unpackLog(what, bytes, left)) {
      left -= input.bytes.length;
      inputs.push({ ...input, found: input.found || found });
    }
  };
  for (const path of paths) {
    if (path === "-") {
      await add("standard input", await effects.readStdin(left), false);
    } else if ((await effects.files.stat(path))?.kind === "folder") {
      for (const file of await filesIn(path, effects, 0, { left: MAX_FILES })) {
        await add(`"${file}"`, await effects.files.read(file, left), true);
      }
    } else await add(`"${path}"`, await effects.files.read(path, left), false);
  }
  return inputs;
}

/** The files below a folder, in the order of their names; links are not followed. */
async function filesIn(
  folder: string,
  effects: Effects,
  depth: number,
  budget: { left: number },
): Promise<string[]> {
  if (depth > MAX_FOLDERS) throw invalidInput(`Cannot import "${folder}": folders are nested too deeply`);
  const files: string[] = [];
  const base = folder.endsWith("/") ? folder : `${folder}/`;
  for (const name of await effects.files.list(folder)) {
    const path = `${base}${name}`;
    const kind = (await effects.files.stat(path))?.kind;
    if (kind === "folder") {
      for (const file of await filesIn(path, effects, depth + 1, budget)) files.push(file);
    }
    if (kind !== "file") continue;
    if (--budget.left < 0) {
      throw invalidInput(`Cannot import "${folder}": there are more than ${MAX_FILES} files`);
    }
    files.push(path);
  }
  return files;
}
