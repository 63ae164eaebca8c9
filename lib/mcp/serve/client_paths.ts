import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { insideOf } from "./inputs.ts";
import type { EvaluateRequest } from "./request.ts";
import type { ServeOptions } from "./settings.ts";

/**
 * Check the paths that a client chose, before anything is decided. If the server doesn't allow client paths, any path
 * is refused; otherwise each must lie in the working folder or in a folder of the server, with symbolic links
 * resolved.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkClientPaths(
  { paths }: EvaluateRequest,
  { allowClientPaths, folders, inputs }: ServeOptions,
  files: Files,
): Promise<void> {
  const chosen = Object.values(paths);
  if (chosen.length === 0) return;
  if (!allowClientPaths) {
    throw invalidInput("Cannot use a path of the request: this server chooses the paths of evidence itself", {
      hint: "Leave it out, or start the server with --allow-client-artifact-paths",
    });
  }
  const bounds = [".", ...Object.values(folders)];
  const isInput = await insideOf(inputs, files);
  for (const path of chosen) {
    const real = await confined(outputPath(path), bounds, files);
    if (isInGaitFolder(real) || isInGaitFolder(outputPath(path))) {
      throw invalidInput(`Cannot write to "${path}": .gait holds trusted keys, holds and configuration`);
    }
    if (isInput(real)) {
      throw invalidInput(`Cannot write to "${path}": the server reads its decisions' inputs from it`);
    }
  }
}

/**
 * Whether a path lies in a `.gait` folder anywhere: a file there could add a hold or a trusted key, or damage the
 * existing ones.
 */
function isInGaitFolder(path: string): boolean {
  return path.split("/").some((part) => part.toLowerCase() === ".gait");
}

/**
 * Resolve a path that a client names.
 *
 * @throws {GaitError} `invalid_input` when it lies outside of all the folders
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
