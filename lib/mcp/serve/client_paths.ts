import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { insideOf } from "./inputs.ts";
import type { EvaluateRequest } from "./request.ts";
import type { ServeSettings } from "./settings.ts";

/**
 * Check the paths that a client chose, before anything is decided: a client that must not choose is told so, and one that
 * may gets no further than the working folder and the folders of the server, links resolved.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkClientPaths(
  { paths }: EvaluateRequest,
  { allowClientPaths, folders, inputs }: ServeSettings,
  files: Files,
): Promise<void> {
  const chosen = Object.values(paths);
  if (chosen.length === 0) return;
  if (!allowClientPaths) {
    throw invalidInput("Cannot use a path of the request: this server chooses where evidence goes", {
      hint: "Leave it out, or start the server with --allow-client-artifact-paths",
    });
  }
  const bounds = [".", ...Object.values(folders)];
  const isInput = await insideOf(inputs, files);
  for (const path of chosen) {
    const real = await confined(outputPath(path), bounds, files);
    if (isOwn(real) || isOwn(outputPath(path))) {
      throw invalidInput(`Cannot write to "${path}": trust, holds and configuration stand in .gait`);
    }
    if (isInput(real)) throw invalidInput(`Cannot write to "${path}": decisions are made of it`);
  }
}

/**
 * Whether a path lies in a folder of Gait's own, of any folder: a new file there could name a hold, a key, or a pack, or
 * break the file of them.
 */
function isOwn(path: string): boolean {
  return path.split("/").some((part) => part.toLowerCase() === ".gait");
}

/**
 * The real path of what a client names.
 *
 * @throws {GaitError} `invalid_input` when it is in none of the folders
 */
export async function confined(
  path: string,
  folders: readonly (string | undefined)[],
  files: Files,
): Promise<string> {
  const real = await files.realPath(path);
  for (const folder of folders) {
    if (folder === undefined) continue;
    const root = await files.realPath(folder);
    if (real.startsWith(root.endsWith("/") ? root : `${root}/`)) return real;
  }
  throw invalidInput(
    `Cannot use "${path}": it is outside of the working folder and of the folders of this server`,
  );
}
