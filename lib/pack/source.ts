import { invalidInput } from "../errors/mod.ts";
import { insideWorkingFolder, outputPath } from "../formats/path.ts";
import { isPathLike, locateRunpack, type PackPlaces } from "../runpack/locate.ts";
import { readSessionChain } from "../session/chain.ts";
import { locateSealed } from "../session/locate_sealed.ts";

/** Where the runpack of a run pack is. */
export interface RunSource {
  readonly path: string;
  /** What a session chain says the digest of its manifest is; empty when nothing does. */
  readonly manifestDigest: string;
  /** Runpacks of earlier checkpoints of the chain, which the pack does not hold. */
  readonly earlier: readonly string[];
}

/**
 * Find the runpack that a source names: a session chain, a path, or a run id (docs/spec/pack.md 3.1).
 *
 * @throws {GaitError} `invalid_input` when there is none, or the chain is broken
 */
export async function locateRunSource(given: string, places: PackPlaces): Promise<RunSource> {
  const source = given.trim();
  if (/\.json$/i.test(source)) return await lastOfChain(insideWorkingFolder(source), places);
  const path = isPathLike(source) ? outputPath(source) : source;
  return { path: await locateRunpack(path, places), manifestDigest: "", earlier: [] };
}

/** The runpack of the last checkpoint. */
async function lastOfChain(path: string, { files }: PackPlaces): Promise<RunSource> {
  const { checkpoints } = readSessionChain(await files.read(path));
  for (const [i, checkpoint] of checkpoints.entries()) {
    const before = checkpoints[i - 1];
    if (before && checkpoint.prev_checkpoint_digest !== before.checkpoint_digest) {
      throw invalidInput(
        `Cannot use session chain "${path}": checkpoint ${checkpoint.checkpoint_index} does not follow`,
        {
          hint: "Check the chain with: gait verify session-chain",
        },
      );
    }
  }
  const last = checkpoints.at(-1)!;
  const runpack = await locateSealed(files, path, last.runpack_path);
  const earlier = checkpoints.slice(0, -1).map((checkpoint) => checkpoint.runpack_path);
  return { path: runpack, manifestDigest: last.manifest_digest, earlier };
}
