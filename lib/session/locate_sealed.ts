import { invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { folderOf, joinPath, outputPath } from "../formats/path.ts";

/**
 * Find the runpack of a checkpoint: it stands where the chain says, seen from the working folder; else seen from the
 * folder of the chain (docs/spec/sessions.md section 6, step 5).
 *
 * @throws {GaitError} `invalid_input` when it is at neither place, or the path leaves the working folder
 */
export async function locateSealed(files: Files, chainPath: string, given: string): Promise<string> {
  const path = outputPath(given);
  const besideChain = joinPath(folderOf(chainPath), path);
  for (const candidate of [path, besideChain]) {
    if (await files.isFile(candidate)) return candidate;
  }
  throw invalidInput(
    `Cannot find runpack of checkpoint: no file at "${path}"${
      besideChain === path ? "" : ` or "${besideChain}"`
    }`,
  );
}
