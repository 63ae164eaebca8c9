import type { Files } from "../effects/types.ts";
import { folderOf } from "../formats/path.ts";
import { ARTIFACTS } from "./artifacts.ts";
import type { Artifact } from "./artifact_source.ts";
import { makeCacheFolder } from "./cache.ts";

/**
 * Store the artifacts of a pack in the folder of its digest, before its manifest is written: after a crash there are
 * only files that no manifest refers to. If a write fails, the artifacts written so far are removed.
 */
export async function writeArtifacts(
  files: Files,
  cache: string,
  folder: string,
  artifacts: readonly Artifact[],
): Promise<void> {
  const written: string[] = [];
  try {
    for (const { path, bytes } of artifacts) {
      const target = `${folder}/${ARTIFACTS}/${path}`;
      await makeCacheFolder(files, cache, folderOf(target));
      const isNew = await files.stat(target) === undefined;
      await files.writeAtomic(target, bytes, { anywhere: true });
      if (isNew) written.push(target);
    }
  } catch (error) {
    for (const path of written) await files.remove(path).catch(() => {});
    throw error;
  }
}
