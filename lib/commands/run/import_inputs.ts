import { type ImportInput, MAX_CONVERSATION_BYTES } from "../../conversation/input.ts";
import { LONG_LOG } from "../../conversation/long_log.ts";
import { isUnpacked, tooLarge, unpackLog } from "../../conversation/unpack_log.ts";
import type { Skipped } from "../../conversation/transcript.ts";
import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { baseName, cleanPath } from "../../formats/path.ts";
import { OUTPUT_FOLDER } from "../../runpack/locate.ts";

/** Deepest folder and most files that are looked through: a link in a circle must not go on for ever. */
const MAX_FOLDERS = 32;
const MAX_FILES = 10_000;

/** Folders below a given one that hold what Gait wrote: jobs, traces and keys are no logs of an agent. */
const OWN_FOLDERS: readonly string[] = [".gait", OUTPUT_FOLDER];

/** The logs at some paths, and the folders that were left out. */
interface Inputs {
  readonly inputs: readonly ImportInput[];
  readonly skipped: readonly Skipped[];
}

/**
 * Read the logs at the given paths: files, `-` for standard input, and all files of folders, sorted. Gzip files and
 * zip archives are unpacked. Folders of Gait's own are read only when they are given themselves.
 *
 * @param output the folder of the runpacks, which a later import must not read
 * @throws {GaitError} `invalid_input` when one can't be read, or all together are larger than 256 MiB
 */
export async function readInputs(
  paths: readonly string[],
  output: string,
  effects: Effects,
): Promise<Inputs> {
  if (paths.length === 0) {
    throw invalidInput("Cannot import: no file is given", {
      hint: "Give a file, a folder or - for standard input; --list-formats shows what is read",
    });
  }
  const inputs: ImportInput[] = [];
  const skipped: Skipped[] = [];
  const isOwn = (folder: string) => {
    if (!OWN_FOLDERS.includes(baseName(folder)) && cleanPath(folder) !== cleanPath(output)) return false;
    skipped.push({
      position: `"${folder}"`,
      reason: "what Gait itself wrote is no log; give it to import it",
    });
    return true;
  };
  let left = MAX_CONVERSATION_BYTES;
  const addFile = async (path: string, found: boolean) => {
    const what = `"${path}"`;
    const long = await longFile(path, effects.files);
    if (long === undefined) return await add(what, await effects.files.read(path, left), found);
    left -= long.size;
    if (left < 0) throw tooLarge(what);
    inputs.push({ what, bytes: () => effects.files.readChunks(long.path, CHUNK), found });
  };
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
      for (const file of await filesIn(path, effects, 0, { left: MAX_FILES, isOwn })) {
        await addFile(file, true);
      }
    } else await addFile(path, false);
  }
  return { inputs, skipped };
}

/** Bytes of a large file that are held at once. */
const CHUNK = 256 * 1024;

/** A file that is read in pieces, because it is large and not packed; where its links lead, and its size. */
async function longFile(
  path: string,
  files: Effects["files"],
): Promise<{ readonly path: string; readonly size: number } | undefined> {
  if (!await files.isFile(path)) return undefined;
  const real = await files.realPath(path);
  const info = await files.stat(real);
  if (info?.kind !== "file" || info.size <= LONG_LOG) return undefined;
  return isUnpacked(await files.readPart(real, 0, 512)) ? { path: real, size: info.size } : undefined;
}

/** What a walk may still take, and which folders it leaves out. */
interface Walk {
  left: number;
  readonly isOwn: (folder: string) => boolean;
}

/** The files below a folder, in the order of their names; links are not followed. */
async function filesIn(
  folder: string,
  effects: Effects,
  depth: number,
  walk: Walk,
): Promise<string[]> {
  if (depth > MAX_FOLDERS) throw invalidInput(`Cannot import "${folder}": folders are nested too deeply`);
  const files: string[] = [];
  const base = folder.endsWith("/") ? folder : `${folder}/`;
  for (const name of await effects.files.list(folder)) {
    const path = `${base}${name}`;
    const kind = (await effects.files.stat(path))?.kind;
    if (kind === "folder" && !walk.isOwn(path)) {
      for (const file of await filesIn(path, effects, depth + 1, walk)) files.push(file);
    }
    if (kind !== "file") continue;
    if (--walk.left < 0) {
      throw invalidInput(`Cannot import "${folder}": there are more than ${MAX_FILES} files`);
    }
    files.push(path);
  }
  return files;
}
