import type { FileInfo, Files } from "../effects/types.ts";
import { GaitError, messageOf } from "../errors/mod.ts";
import { hex } from "../formats/bytes.ts";
import { cleanPath, folderOf } from "../formats/path.ts";

/** What a path leads to, links followed. */
export type Place =
  | { readonly kind: "missing" }
  /** It can't be accessed: a parent is a file, or a folder is not accessible. */
  | { readonly kind: "blocked"; readonly reason: string }
  | { readonly kind: "there"; readonly info: FileInfo };

/** Inspect a path. */
export async function placeOf(files: Files, path: string): Promise<Place> {
  try {
    const info = await files.stat(path);
    if (info === undefined) return await isBehindFile(files, path) ? BEHIND_FILE : { kind: "missing" };
    if (info.kind !== "symlink") return { kind: "there", info };
    const target = await files.stat(await files.realPath(path));
    return target === undefined || target.kind === "symlink"
      ? { kind: "missing" }
      : { kind: "there", info: target };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { kind: "blocked", reason: error.message };
  }
}

const BEHIND_FILE: Place = { kind: "blocked", reason: "a parent of the path is not a folder" };

/**
 * A file that every user of the machine may change. A group may share the files of a project; everybody may not say what
 * the gate allows.
 *
 * @returns its mode; nothing when it is no such file
 */
export async function modeOpenToAll(files: Files, path: string, os: string): Promise<number | undefined> {
  if (os === "windows") return undefined;
  const info = await files.stat(path);
  return info?.kind === "file" && (info.mode & 0o002) !== 0 ? info.mode : undefined;
}

/** Whether a parent of the path is a file: the system reports that with another error than a missing path. */
async function isBehindFile(files: Files, path: string): Promise<boolean> {
  for (let at = folderOf(cleanPath(path)); at !== folderOf(at); at = folderOf(at)) {
    const info = await files.stat(at);
    if (info === undefined) continue;
    if (info.kind === "symlink") return (await files.stat(await files.realPath(at)))?.kind !== "folder";
    return info.kind !== "folder";
  }
  return false;
}

/**
 * Try to write into a folder, and remove the probe file again. The name is random and the file is created
 * exclusively, so nobody can place a file or a link that the probe would write to (docs/threat_model.md 17).
 *
 * @returns why it failed
 */
export async function probeWrite(
  files: Files,
  folder: string,
  random: (length: number) => Uint8Array,
  sync = false,
): Promise<string | undefined> {
  const path = `${folder}/.gait-probe-${hex(random(12))}`;
  try {
    await files.writeAtomic(path, new Uint8Array(), { onlyNew: true, anywhere: true, sync });
    await files.remove(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return messageOf(error);
  }
}
