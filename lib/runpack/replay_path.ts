import type { Files } from "../effects/mod.ts";
import { insideWorkingFolder, type SafePath } from "../formats/path.ts";

/**
 * What a recorded run never writes, wherever it stands below the working folder: whom Gait trusts and how it decides,
 * what it proves and counts, and the hooks that git would start.
 */
const PROTECTED = [
  ...[".gait", ".gait.yaml", ".gait.yml", "gait.yaml", "gait.yml"],
  ...["gait-out", ".gait-out"],
  ".git",
];

/**
 * The path that a recorded call names, when replaying it may write there (docs/spec/core.md 5.3, step 5). Whoever made
 * the runpack chose the path, so it counts where it leads to: links are followed, those of its folders too.
 *
 * @throws an error for a path that leads out of the working folder, or to what Gait itself relies on
 */
export async function replayPath(path: string, files: Pick<Files, "realPath">): Promise<SafePath> {
  if (path.startsWith("/")) throw outside(path);
  const target = insideWorkingFolder(path);
  const root = await files.realPath(".");
  const real = await files.realPath(target);
  const inside = real.startsWith(root === "/" ? "/" : `${root}/`) ? real.slice(root.length) : undefined;
  if (inside === undefined) throw outside(path);
  // Both spellings: a link may hide the name, and so may a file system that does not know upper from lower case.
  const parts = [...inside.split("/"), ...target.split("/")].map((part) => part.toLowerCase());
  const found = parts.find((part) => PROTECTED.includes(part));
  if (found !== undefined) throw new Error(`file.write refuses to write to "${found}": ${path}`);
  return target;
}

function outside(path: string): Error {
  return new Error(`file.write refuses a path outside the working folder: ${path}`);
}
